// leaves promises behind that go on when the next call comes
// inputs: [1, 2, 3, 4]
// ends: ok
// results: [1, 2, 3, 4]
let resume = () => {};
export default async input => {
	resume('of an earlier call');
	new Promise(resolve => {
		resume = resolve;
	}).then(() => {
		console.log('still here');
	});
	return input;
};
