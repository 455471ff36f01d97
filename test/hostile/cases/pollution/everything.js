// breaks every prototype and every namespace
// inputs: ["in", "again"]
// ends: ok
// results: ["in", "again"]
const broken = () => {
	throw new Error('polluted');
};
let done = false;
export default async input => {
	if (done) return input;
	done = true;
	for (const type of [Array, Map, Set, String, Number, Promise, Function, RegExp, Date, Error]) {
		for (const key of Object.getOwnPropertyNames(type.prototype)) {
			if (key === 'constructor') continue;
			try {
				type.prototype[key] = broken;
			} catch {}
		}
	}
	for (const owner of [JSON, Reflect, Math, Date, Promise, Number, String, Array]) {
		for (const key of Object.getOwnPropertyNames(owner)) {
			try {
				owner[key] = broken;
			} catch {}
		}
	}
	Object.prototype.then = undefined;
	globalThis.JSON = globalThis.Promise = globalThis.Object = undefined;
	return input;
};
