// pushes fractions in a function that V8 finds hot
// ends: MEMORY_LIMIT or FUNCTION_THREW
// policy: {"memoryMb": 64}
export default () => {
	const kept = [];
	const keep = value => kept.push(value);
	for (let at = 0; ; at++) keep(at + 0.5);
};
