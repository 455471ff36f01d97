// takes over how functions are called
// inputs: ["in", "again"]
// ends: ok
// results: ["in", "again"]
const caught = [];
export default input => {
	for (const key of ['call', 'apply', 'bind']) {
		Function.prototype[key] = function (...args) {
			caught.push(this, args);
			return 'taken';
		};
	}
	Reflect.apply = Reflect.construct = () => 'taken';
	console.log('%s and %d', 'printed', 1);
	setTimeout(() => {}, 1e6);
	if (caught.length > 0) throw new Error(`took over ${caught.length}`);
	return input;
};
