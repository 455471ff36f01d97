// prints what is nested deeper than the stack, and itself in itself
// ends: ok
// results: ["printed"]
export default () => {
	let value = {};
	for (let at = 0; at < 50_000; at++) value = [value];
	console.log(value, '%j', value);
	const self = new Map();
	self.set(self, self);
	console.log('%o', self);
	return 'printed';
};
