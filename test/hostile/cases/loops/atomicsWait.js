// blocks its thread, if it can
// ends: FUNCTION_THREW
// policy: {"wallMs": 200}
export default () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
