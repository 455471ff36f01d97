// makes its runner believe that a call has ended that has not, and waits where no clock is
// inputs: [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
// together: 4
// ends: ok, ok, ok, ok, ok, ok, TIMEOUT or FUNCTION_THREW, TIMEOUT or FUNCTION_THREW, TIMEOUT or FUNCTION_THREW, TIMEOUT or FUNCTION_THREW
// policy: {"wallMs": 200}
const mine = new Promise(() => {});
let armed = false;
let skipped = false;
export default input => {
	if (input === 0) return 0;
	if (armed) return mine;
	armed = true;
	Object.defineProperty(Promise.prototype, 'constructor', {get: () => class {}});
	Promise.prototype.then = function (resolve) {
		// What is awaited is either the call or, behind it, its runner.
		if (this !== mine && !skipped) resolve((skipped = true));
	};
	return mine;
};
