// uses up the stack while it is serialised
// ends: RESULT_NOT_SERIALIZABLE
export default () => ({
	toJSON() {
		const dig = () => dig();
		return dig();
	},
});
