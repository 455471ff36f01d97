// throws an error with a new cause behind every cause
// says: deep
// ends: FUNCTION_THREW
class Deep extends Error {
	get cause() {
		return new Deep('deeper');
	}
}
export default () => {
	throw new Deep('deep');
};
