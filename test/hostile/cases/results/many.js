// returns a list that is short in memory and long as JSON
// ends: PAYLOAD_TOO_LARGE or MEMORY_LIMIT
// policy: {"memoryMb": 128}
export default () => {
	const one = 'x'.repeat(1024 * 1024);
	return Array.from({length: 60}, () => one);
};
