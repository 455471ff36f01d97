// replaces with a pattern that backtracks
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default () => `${'x'.repeat(50_000)}`.replaceAll(/(x+x+)+y/g, '');
