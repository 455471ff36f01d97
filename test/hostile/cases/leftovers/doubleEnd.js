// ends twice: it throws in a timer just when it answers
// inputs: ["one", "two"]
// ends: ok or FUNCTION_THREW
export default input =>
	new Promise(resolve => {
		setTimeout(() => {
			resolve(input);
			throw new Error('and one more thing');
		}, 1);
	});
