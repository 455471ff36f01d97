// pushes arrays for ever, the loop that escapes every limit once V8 optimises it
// ends: MEMORY_LIMIT
// policy: {"memoryMb": 64}
export default () => {
	const kept = [];
	while (true) kept.push(new Array(1000).fill(1));
};
