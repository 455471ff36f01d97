// leaves listeners on signals that abort later
// inputs: ["one", "two"]
// ends: ok
// results: ["one", "two"]
export default input => {
	AbortSignal.timeout(1).addEventListener('abort', () => {
		while (true);
	});
	return input;
};
