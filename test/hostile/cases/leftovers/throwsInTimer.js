// throws where nobody can catch
// inputs: [true, false]
// ends: FUNCTION_THREW, ok
export default input =>
	input &&
	new Promise(() => {
		setTimeout(() => {
			throw new RangeError('out of a timer');
		}, 1);
	});
