// holds an expression that only V8 refuses, when it compiles the module
// ends: BUILD_FAILED
// at: deploy
export default text => /(?<twice>a)(?<twice>b)/.test(text);
