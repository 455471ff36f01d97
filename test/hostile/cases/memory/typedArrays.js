// fills buffers, which lie outside of the heap
// ends: FUNCTION_THREW or MEMORY_LIMIT
export default () => {
	const kept = [];
	for (;;) kept.push(new Uint8Array(1024 * 1024).fill(1));
};
