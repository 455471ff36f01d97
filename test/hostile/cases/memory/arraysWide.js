// pushes arrays for ever where half a gigabyte is allowed: optimised, that loop is over what its executor may have at once
// ends: MEMORY_LIMIT
// policy: {"memoryMb": 512}
// hardRssMb: 1024
export default () => {
	const kept = [];
	while (true) kept.push(new Array(1000).fill(1));
};
