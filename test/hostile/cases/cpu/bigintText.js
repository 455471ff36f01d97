// writes a number of millions of digits, which V8 breaks off late
// ends: CPU_LIMIT
// policy: {"cpuMs": 100, "wallMs": 5000, "memoryMb": 128}
// executor: any
export default () => String(3n ** 6_000_000n).length;
