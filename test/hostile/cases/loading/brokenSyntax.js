// is no code
// ends: BUILD_FAILED
// at: deploy
export default () => { const = 1; };
