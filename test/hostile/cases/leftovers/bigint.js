// answers and leaves multiplications that V8 can't interrupt, which begin before the next call of its list does
// inputs: [1, 1, 1, 1, 1, 1, 0, 1, 2, 3]
// together: 4
// ends: ok
// results: [1, 1, 1, 1, 1, 1, 0, 1, 2, 3]
// policy: {"memoryMb": 512}
// executor: replaced
const spin = () => {
	const a = 1n << (2n ** 27n);
	return a * a * a * a;
};
export default input => ({
	toJSON() {
		if (input === 0) queueMicrotask(spin);
		return input;
	},
});
