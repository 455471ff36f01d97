// sets a timer with a delay that never becomes a number
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default () =>
	setTimeout(() => {}, {
		valueOf() {
			while (true);
		},
	});
