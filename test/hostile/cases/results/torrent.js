// returns a few megabytes of memory that are many as JSON
// ends: PAYLOAD_TOO_LARGE or MEMORY_LIMIT
// policy: {"memoryMb": 512}
// executor: any
export default () => {
	const one = 'x'.repeat(1024 * 1024);
	return Array.from({length: 160}, () => one);
};
