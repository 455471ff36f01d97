// returns nested references that are a few kilobytes in memory and gigabytes as JSON
// ends: MEMORY_LIMIT or RESULT_NOT_SERIALIZABLE or TIMEOUT
// policy: {"memoryMb": 128, "wallMs": 8000}
// executor: any
export default () => {
	let value = ['x'.repeat(64)];
	for (let at = 0; at < 24; at++) value = [value, value];
	return value;
};
