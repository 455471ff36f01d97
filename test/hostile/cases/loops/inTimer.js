// spins in a timer while the call waits
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default () =>
	new Promise(() => {
		setTimeout(() => {
			while (true);
		}, 1);
	});
