// writes JSON by hand where the language lets it
// ends: ok or RESULT_NOT_SERIALIZABLE or FUNCTION_THREW
export default () => {
	const wrong = ['{"a":1}', '1,2', '"a', '1}', '\u0000'].filter(text => {
		try {
			JSON.rawJSON(text);
			return true;
		} catch {
			return false;
		}
	});
	return {wrong, number: JSON.rawJSON?.('12345678901234567890')};
};
