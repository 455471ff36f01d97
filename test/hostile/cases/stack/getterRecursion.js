// throws an error that uses up the stack whenever it is read
// ends: FUNCTION_THREW
class Endless extends Error {
	get message() {
		return this.message;
	}
	get stack() {
		return this.stack;
	}
	get cause() {
		return this.cause;
	}
}
export default () => {
	throw new Endless();
};
