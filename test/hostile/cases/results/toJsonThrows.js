// throws while it is serialised, something that throws in turn
// ends: RESULT_NOT_SERIALIZABLE
export default () => ({
	toJSON() {
		throw {
			get message() {
				throw new Error('again');
			},
		};
	},
});
