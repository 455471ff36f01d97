// fills an array of hundreds of megabytes in one operation, which V8 does not break off
// ends: CPU_LIMIT
// policy: {"cpuMs": 100, "wallMs": 5000}
// executor: replaced
export default () => new Array(1e8).fill(0).length;
