// splits a text into characters and joins them again, and keeps both
// ends: MEMORY_LIMIT
// policy: {"memoryMb": 64}
export default () => {
	const kept = [];
	for (let text = 'abcdefgh'; ; text += text) {
		const parts = text.split('');
		kept.push(parts, parts.join('-'));
	}
};
