// prints one line of many megabytes
// ends: ok
// policy: {"memoryMb": 128}
// results: ["flooded"]
export default () => {
	console.log('x'.repeat(20_000_000));
	console.log({text: ['y'.repeat(20_000_000)]});
	return 'flooded';
};
