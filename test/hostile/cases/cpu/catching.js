// catches everything and starts again
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default () => {
	const dig = () => dig();
	for (;;) {
		try {
			dig();
		} catch {}
	}
};
