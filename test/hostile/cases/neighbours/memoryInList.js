// fills the memory in one call of a list, and not in those before and after it
// inputs: [0, 0, 0, 0, 0, 0, 1, 2, 3, 4]
// together: 4
// ends: ok, ok, ok, ok, ok, ok, ok, MEMORY_LIMIT, ok, ok
// results: [0, 0, 0, 0, 0, 0, 1, null, 3, 4]
export default input => {
	const kept = [];
	while (input === 2) kept.push(new Array(100).fill(kept.length));
	return input;
};
