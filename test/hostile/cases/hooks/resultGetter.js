// returns a field that is never read to its end
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default () => ({
	get value() {
		while (true);
	},
});
