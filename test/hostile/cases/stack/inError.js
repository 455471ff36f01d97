// fails with no stack left
// ends: FUNCTION_THREW
export default () => {
	const dig = () => {
		try {
			return dig();
		} catch (error) {
			throw error;
		}
	};
	return dig();
};
