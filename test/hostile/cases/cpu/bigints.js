// multiplies numbers of many digits
// ends: CPU_LIMIT
// policy: {"cpuMs": 100, "wallMs": 5000}
// executor: any
export default () => {
	let n = 3n;
	for (;;) n = (n * n * 7n) & ((1n << 200_000n) - 1n);
};
