// fills an array of hundreds of megabytes in one operation of the engine
// ends: MEMORY_LIMIT or TIMEOUT
// policy: {"memoryMb": 64, "wallMs": 15000}
// executor: replaced
export default () => new Array(1e8).fill(0).length;
