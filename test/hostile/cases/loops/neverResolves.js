// waits for nothing
// ends: TIMEOUT
// policy: {"wallMs": 150}
export default () => new Promise(() => {});
