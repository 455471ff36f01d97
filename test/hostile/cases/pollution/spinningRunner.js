// answers, and spins as soon as its runner goes on
// inputs: [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
// together: 4
// ends: ok
// policy: {"wallMs": 3000}
export default input => {
	if (input === 0) return 0;
	let asked = 0;
	Object.defineProperty(Promise.prototype, 'constructor', {
		get() {
			while (asked++ > 0);
			return Promise;
		},
		configurable: true,
	});
	return {done: input};
};
