// answers and leaves a timer that would spin
// inputs: ["one", "two"]
// ends: ok
// results: ["one", "two"]
export default input => {
	setTimeout(() => {
		while (true);
	}, 0);
	return input;
};
