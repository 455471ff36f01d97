// fills a map
// ends: MEMORY_LIMIT
export default () => {
	const kept = new Map();
	for (let at = 0; ; at++) kept.set({at}, at);
};
