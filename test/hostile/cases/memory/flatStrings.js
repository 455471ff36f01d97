// makes one text of half a gigabyte after the other
// ends: MEMORY_LIMIT
// executor: any
export default () => {
	const kept = [];
	for (let at = 0; ; at++) {
		const text = '\u4e2d'.repeat(2 ** 28);
		text.charCodeAt(at);
		kept.push(JSON.stringify(text));
	}
};
