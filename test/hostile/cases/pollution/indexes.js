// lies in wait at the places of lists
// inputs: ["in", "again"]
// ends: ok or FUNCTION_THREW
const caught = [];
export default async input => {
	for (const at of [0, 1, 2, 3]) {
		Object.defineProperty(Object.prototype, at, {
			get: () => undefined,
			set(value) {
				caught.push(value);
			},
			configurable: true,
		});
	}
	setTimeout(() => {}, 1);
	console.log('%s', input, [input]);
	await null;
	for (const at of [0, 1, 2, 3]) delete Object.prototype[at];
	const text = caught.map(value => typeof value === 'object' ? Object.keys(value).join() : typeof value);
	if (text.some(keys => /emit|listener|isolate|reference/i.test(keys))) throw new Error(text.join(' '));
	return input;
};
