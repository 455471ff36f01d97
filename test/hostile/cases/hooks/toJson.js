// returns what never becomes JSON
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default () => ({
	toJSON() {
		while (true);
	},
});
