// fans out promises, on a continuation
// ends: MEMORY_LIMIT
export default async () => {
	const kept = [];
	for (;;) {
		kept.push(Promise.resolve({at: kept.length}).then(() => kept));
		if (kept.length % 1000 === 0) await null;
	}
};
