// returns an object whose `then` is never found
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default () => ({
	get then() {
		while (true);
	},
});
