// is given an input that is nested deep, and clones it
// ends: ok or FUNCTION_THREW
// inputs: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
export default input => {
	let value = input;
	for (let at = 0; at < 200_000; at++) value = [value];
	return structuredClone(value) === undefined;
};
