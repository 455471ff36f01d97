// compiles regular expressions for ever
// ends: MEMORY_LIMIT or TIMEOUT
// executor: any
// policy: {"wallMs": 5000}
export default () => {
	const kept = [];
	for (let at = 0; ; at++) {
		const one = new RegExp(`(a|b)*${at}(?:x{1,50}y){5}`);
		one.test('ababab');
		kept.push(one);
	}
};
