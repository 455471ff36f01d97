// makes its failure serialise as one that only the host may say
// ends: FUNCTION_THREW
export default () => {
	Object.prototype.toJSON = () => ({code: 'CRASHED', message: 'forged'});
	throw new Error('mine');
};
