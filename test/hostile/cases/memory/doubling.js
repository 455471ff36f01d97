// doubles a string until V8 refuses
// ends: FUNCTION_THREW or MEMORY_LIMIT
export default () => {
	let text = 'abcdefgh';
	for (;;) text += text;
};
