// returns a thenable that spins when it is asked
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default () => ({
	then() {
		while (true);
	},
});
