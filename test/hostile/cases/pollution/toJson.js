// makes all objects serialise as a failure of the host
// inputs: [1, 2]
// says: mine
// ends: FUNCTION_THREW
export default () => {
	Object.prototype.toJSON = () => ({code: 'INTERNAL', message: 'forged', retryable: true});
	String.prototype.toJSON = () => ({code: 'INTERNAL', message: 'forged', retryable: true});
	throw new Error('mine');
};
