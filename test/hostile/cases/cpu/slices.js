// burns its CPU in slices, with a nap after each
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default async () => {
	for (;;) {
		for (let at = 0; at < 1e6; at++) Math.sqrt(at);
		await new Promise(resolve => setTimeout(resolve, 1));
	}
};
