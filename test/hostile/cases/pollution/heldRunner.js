// answers, and never lets its runner go on
// inputs: [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
// together: 4
// ends: ok
// policy: {"wallMs": 3000}
export default input => {
	if (input === 0) return 0;
	Object.defineProperty(Promise.prototype, 'constructor', {get: () => class {}, configurable: true});
	Promise.prototype.then = () => {};
	return {done: input};
};
