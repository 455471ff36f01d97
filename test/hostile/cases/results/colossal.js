// returns a text of 400 MB
// ends: PAYLOAD_TOO_LARGE or MEMORY_LIMIT
// policy: {"memoryMb": 64}
// executor: any
export default () => 'x'.repeat(400 * 1024 * 1024);
