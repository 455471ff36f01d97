// returns a thenable that never calls anybody
// ends: TIMEOUT
// policy: {"wallMs": 150}
export default () => ({then() {}});
