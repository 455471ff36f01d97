// walks all globals and what they lead to, for anything that is not of this realm
// ends: ok
// results: [{"named": [], "strange": []}]
const names = ['process', 'require', 'module', 'global', 'Buffer', 'ivm', 'isolated', '_ivm', 'host', 'guest', 'marks', 'emit', 'boot', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'gc', '$262', 'd8', 'print', 'load', 'read'];
export default () => {
	const named = names.filter(name => globalThis[name] !== undefined);
	const seen = new Set();
	const strange = [];
	const walk = (value, path) => {
		if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
		seen.add(value);
		const maker = typeof value === 'function' ? Object.getPrototypeOf(value) : null;
		const plain = [Function.prototype, Object.getPrototypeOf(async () => {}), Object.getPrototypeOf(function* () {}), Object.getPrototypeOf(async function* () {})];
		if (maker && value !== Function.prototype && !plain.some(proto => proto === maker) && typeof maker !== 'function') strange.push(path);
		if (/Reference|ExternalCopy|Isolate|Context|Callback|Native/.test(Object.prototype.toString.call(value))) strange.push(path);
		for (const key of Reflect.ownKeys(value)) {
			const {value: inner, get, set} = Object.getOwnPropertyDescriptor(value, key) ?? {};
			for (const one of [inner, get, set]) walk(one, `${path}.${String(key)}`);
		}
		walk(Object.getPrototypeOf(value), `${path}.__proto__`);
	};
	walk(globalThis, 'globalThis');
	return {named, strange};
};
