// names a counter of the console with what never becomes a string
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default () =>
	console.count({
		toString() {
			while (true);
		},
	});
