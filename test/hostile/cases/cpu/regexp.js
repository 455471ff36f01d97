// backtracks for longer than anybody lives
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default () => /^(a+)+$/.test(`${'a'.repeat(60)}b`);
