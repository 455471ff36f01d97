// looks for WebAssembly and shared memory along every way that is left
// ends: ok
// results: [[]]
export default () => {
	const codes = ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'globalThis.WebAssembly', 'new ArrayBuffer(1, {maxByteLength: 9}).resizable', 'ArrayBuffer.prototype.resize', 'ArrayBuffer.prototype.constructor !== ArrayBuffer', 'new Uint8Array(1).buffer.constructor !== ArrayBuffer', 'Object.getPrototypeOf(ArrayBuffer).name === "ArrayBuffer"', 'structuredClone(new ArrayBuffer(1)).constructor !== ArrayBuffer', 'new (class extends ArrayBuffer {})(1, {maxByteLength: 9}).resizable', 'new ArrayBuffer(8).transfer().resizable', 'Reflect.construct(ArrayBuffer, [1, {maxByteLength: 9}], Object).resizable'];
	return codes.filter(code => {
		try {
			return Boolean(new Function(`return ${code}`)());
		} catch {
			return false;
		}
	});
};
