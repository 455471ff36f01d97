// makes iteration never end
// inputs: ["in", "again"]
// ends: ok
// policy: {"wallMs": 5000}
// results: ["in", "again"]
export default input => {
	Array.prototype[Symbol.iterator] = () => ({next: () => ({done: false, value: 1})});
	Object.getPrototypeOf([].entries()).next = () => ({done: false, value: 1});
	return input;
};
