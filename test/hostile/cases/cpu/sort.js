// sorts by a rule that contradicts itself and takes its time
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default () => {
	const wait = () => {
		for (let at = 0; at < 1e5; at++) Math.sqrt(at);
		return Math.random() - 0.5;
	};
	return Array.from({length: 100_000}, (_, at) => at).sort(wait).length;
};
