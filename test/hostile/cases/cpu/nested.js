// loops in a language that it has written itself
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default () => new Function('n', 'for (;;) n += eval("n - n + 1");')(1);
