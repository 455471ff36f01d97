// returns a text larger than what may be carried
// ends: PAYLOAD_TOO_LARGE
// policy: {"memoryMb": 128}
export default () => 'x'.repeat(9 * 1024 * 1024);
