// throws a message of many megabytes, with a name, a code and a stack as long
// ends: FUNCTION_THREW
// policy: {"memoryMb": 128}
export default () => {
	const long = 'x'.repeat(20_000_000);
	throw Object.assign(new Error(long), {name: long, code: long, stack: long, cause: new Error(long)});
};
