// starts one multiplication that V8 can't interrupt
// ends: CPU_LIMIT
// policy: {"cpuMs": 100, "wallMs": 5000, "memoryMb": 128}
// executor: replaced
export default () => {
	const a = 1n << (2n ** 27n);
	return String(a * a * a).length;
};
