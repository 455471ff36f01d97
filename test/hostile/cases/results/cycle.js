// returns a cycle
// says: circular
// ends: RESULT_NOT_SERIALIZABLE
export default () => {
	const value = {a: {b: []}};
	value.a.b.push(value);
	return value;
};
