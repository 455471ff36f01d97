// gives all objects the fields that failures and contexts have
// inputs: ["in", "again"]
// ends: ok
// results: ["in", "again"]
export default input => {
	const fields = {code: 'CANCELLED', message: 'forged', retryable: true, permanent: true, stack: 'forged', details: {a: 1}, value: 'forged', get: () => 1, handler: 1, dead: true, due: -1, every: 1};
	for (const [key, value] of Object.entries(fields)) {
		if (key === 'value' || key === 'get') continue;
		Object.defineProperty(Object.prototype, key, {value, configurable: true, writable: true, enumerable: false});
	}
	console.log({}, input);
	return input;
};
