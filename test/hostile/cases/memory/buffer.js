// asks for one buffer of a gigabyte
// ends: FUNCTION_THREW or MEMORY_LIMIT
export default () => new Uint8Array(new ArrayBuffer(1024 ** 3)).fill(1).length;
