// returns what is nested deeper than the stack
// ends: ok or RESULT_NOT_SERIALIZABLE
export default () => {
	let value = {};
	for (let at = 0; at < 100_000; at++) value = {value};
	return value;
};
