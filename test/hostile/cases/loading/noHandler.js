// has no handler
// ends: BUILD_FAILED
// at: deploy
export const run = 5;
export default {run: 1};
