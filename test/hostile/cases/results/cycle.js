// returns a cycle
// ends: RESULT_NOT_SERIALIZABLE
export default () => {
	const value = {a: {b: []}};
	value.a.b.push(value);
	return value;
};
