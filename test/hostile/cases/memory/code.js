// compiles functions for ever
// ends: MEMORY_LIMIT or TIMEOUT
// policy: {"wallMs": 5000}
export default () => {
	const kept = [];
	for (let at = 0; ; at++) kept.push(new Function(`return [${at}, ${'"x",'.repeat(200)}]`));
};
