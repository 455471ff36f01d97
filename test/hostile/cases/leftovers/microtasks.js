// answers and leaves a loop of microtasks
// inputs: ["one", "two"]
// ends: ok
// results: ["one", "two"]
export default input => {
	(async () => {
		for (;;) await null;
	})();
	return input;
};
