// compiles text that V8 refuses, and throws what it says
// ends: FUNCTION_THREW
export default () => {
	const seen = [];
	for (const code of ['const', 'import x from "fs"', 'await 1', '(', '`', 'export {}', '/(/', 'new.target']) {
		try {
			new Function(code)();
		} catch (error) {
			seen.push(error.stack);
		}
		try {
			(0, eval)(code);
		} catch (error) {
			seen.push(error.stack);
		}
	}
	throw new Error(seen.join('\n'));
};
