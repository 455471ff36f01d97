// waits for ever while it is loaded
// ends: TIMEOUT
// policy: {"wallMs": 200}
// at: deploy
await new Promise(() => {});
export default () => 1;
