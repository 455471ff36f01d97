// gives all objects a code that only the host may say, and throws
// inputs: [1, 2]
// ends: FUNCTION_THREW
export default () => {
	for (const key of ['code', 'kind', 'retryable', 'permanent']) {
		Object.defineProperty(Object.prototype, key, {value: 'DELIVERY_LIMIT', configurable: true, writable: true});
	}
	throw {};
};
