// throws while it is loaded, what can't be described
// ends: BUILD_FAILED
// at: deploy
throw new Proxy({}, {get() { throw new Error('no'); }});
export default () => 1;
