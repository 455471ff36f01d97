// searches a long text for what is nearly in it, again and again
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default () => {
	const hay = 'ab'.repeat(500_000);
	const needle = `${'ab'.repeat(400_000)}c`;
	for (let at = 0; ; at++) hay.indexOf(needle, at % 7);
};
