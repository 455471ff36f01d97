// spreads a generator that has no end of nothing
// ends: CPU_LIMIT or MEMORY_LIMIT
// policy: {"cpuMs": 100}
function* endless() {
	for (;;) yield* [];
}
export default () => [...endless()];
