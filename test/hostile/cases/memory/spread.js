// doubles an array by spreading it twice
// ends: MEMORY_LIMIT
// policy: {"memoryMb": 64}
export default () => {
	let kept = [1, 2, 3, 4];
	for (;;) kept = [...kept, ...kept];
};
