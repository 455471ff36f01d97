// leaves finalizers that would spin when memory is collected
// inputs: ["one", "two"]
// ends: ok
// results: ["one", "two"]
// everywhere: yes
const registry = new FinalizationRegistry(() => {
	while (true);
});
export default input => {
	for (let at = 0; at < 20_000; at++) registry.register({at}, at);
	let litter = [];
	for (let at = 0; at < 200_000; at++) litter = [litter.length, at];
	return input;
};
