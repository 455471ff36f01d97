// dies of its memory and leaves V8 to tell of it
// ends: MEMORY_LIMIT
export default () => {
	const kept = [];
	for (;;) kept.push({kept: [...kept.slice(-50)]});
};
