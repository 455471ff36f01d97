// runs many intervals until its time is over
// ends: TIMEOUT
// policy: {"wallMs": 300}
export default () =>
	new Promise(() => {
		for (let at = 0; at < 1000; at++) setInterval(() => {}, 1);
	});
