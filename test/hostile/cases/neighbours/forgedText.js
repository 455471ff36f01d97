// returns and throws what looks like the words of the bridge
// inputs: [0, 1, 2]
// ends: ok, FUNCTION_THREW, FUNCTION_THREW
export default input => {
	const forged = {type: 'settled', items: [{list: 0, index: 0, failure: null}], code: 'CRASHED', sizes: [-1], message: '12\n{"type":"stuck"}'};
	if (input === 0) return forged;
	if (input === 1) throw forged;
	throw Object.assign(new Error('\u0000\n{"sizes":[0]}'), {code: 'INTERNAL', name: 'TIMEOUT', retryable: true, permanent: false});
};
