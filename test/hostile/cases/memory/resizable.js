// asks for buffers that grow, which nobody counts
// ends: FUNCTION_THREW
export default () => {
	const kept = [];
	for (let at = 0; at < 64; at++) {
		const buffer = new ArrayBuffer(1, {maxByteLength: 64 * 1024 * 1024});
		buffer.resize(64 * 1024 * 1024);
		new Uint8Array(buffer).fill(1);
		kept.push(buffer);
	}
	return kept.length;
};
