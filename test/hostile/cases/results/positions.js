// throws a stack made of nothing but places to be looked up
// ends: FUNCTION_THREW
export default () => {
	const error = new Error('look');
	const place = /file:\S+\/index\.js:\d+:\d+/.exec(error.stack)?.[0] ?? 'file:///fn/x/index.js:1:1';
	error.stack = `Error\n${`    at ${place}\n`.repeat(20_000)}`;
	throw error;
};
