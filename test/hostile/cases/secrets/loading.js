// throws with every frame that there is while it is loaded
// ends: BUILD_FAILED
// at: deploy
Error.stackTraceLimit = Infinity;
try {
	const ask = require;
	ask('fs');
} catch (error) {
	throw new Error(error.stack, {cause: error});
}
export default () => 1;
