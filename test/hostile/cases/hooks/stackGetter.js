// throws an error whose stack is never read to its end
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default () => {
	throw Object.defineProperty(new Error('look at my stack'), 'stack', {
		get() {
			while (true);
		},
	});
};
