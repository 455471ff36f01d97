// parses a text of 80 million numbers in one operation of the engine
// ends: MEMORY_LIMIT
// policy: {"memoryMb": 64}
// executor: replaced
export default () => JSON.parse(`[${'0,'.repeat(8e7)}0]`).length;
