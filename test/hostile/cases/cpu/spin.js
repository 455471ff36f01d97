// calculates for ever
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default () => {
	let x = 1;
	for (;;) x = (x * 1103515245 + 12345) % 2147483648;
};
