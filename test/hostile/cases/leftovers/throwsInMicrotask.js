// throws in a microtask while it waits
// inputs: [true, false]
// ends: FUNCTION_THREW, ok
export default input =>
	input &&
	new Promise(() => {
		queueMicrotask(() => {
			throw {toString: null};
		});
	});
