// keeps strings of many megabytes, which lie outside of the heap's limit
// ends: MEMORY_LIMIT
// policy: {"memoryMb": 64}
// executor: any
const kept = [];
export default () => {
	for (let at = 0; at < 100; at++) kept.push(new Array(4e6).fill(at).join('xxxxxxxxxx'));
	return kept.length;
};
