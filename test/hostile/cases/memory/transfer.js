// lets buffers grow as they are handed on
// ends: FUNCTION_THREW or MEMORY_LIMIT
export default () => {
	const kept = [];
	for (;;) {
		const grown = new ArrayBuffer(8).transfer(8 * 1024 * 1024);
		new Uint8Array(grown).fill(1);
		kept.push(grown);
	}
};
