// exports a thenable that never calls anybody
// ends: TIMEOUT
// policy: {"wallMs": 200}
// at: deploy
module.exports = {then() {}, default: () => 1};
