// makes its next call fail by an error of the call before
// inputs: ["throw", "wait", "wait"]
// ends: ok, ok, ok
// results: ["throw", "wait", "wait"]
export default async input => {
	if (input === 'throw') {
		setTimeout(() => {
			throw new Error('of the call before');
		}, 5);
		return input;
	}
	await new Promise(resolve => setTimeout(resolve, 20));
	return input;
};
