// keeps strings that share nothing
// ends: MEMORY_LIMIT or FUNCTION_THREW
export default () => {
	const kept = [];
	for (let at = 0; ; at++) kept.push(`${at}`.padStart(10_000, '\u4e2d'));
};
