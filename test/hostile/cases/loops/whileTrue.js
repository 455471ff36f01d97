// never returns
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default () => {
	while (true);
};
