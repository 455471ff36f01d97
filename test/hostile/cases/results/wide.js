// returns what fits as characters and not as bytes
// ends: PAYLOAD_TOO_LARGE
// policy: {"memoryMb": 128}
export default () => '\u4e2d'.repeat(4 * 1024 * 1024);
