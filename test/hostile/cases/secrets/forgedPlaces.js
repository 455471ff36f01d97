// throws a stack that names files of the host, to see whether they are read
// says: mine
// ends: FUNCTION_THREW
export default () => {
	const error = new Error('mine');
	error.stack = 'Error: mine\n    at file:///fn/../../proc/self/environ:1:1\n    at file:///fn/x/index.js:999999999:999999999\n    at file:///fn/x/index.js:0:0\n    at file:///fn/x/index.js:-1:NaN';
	throw error;
};
