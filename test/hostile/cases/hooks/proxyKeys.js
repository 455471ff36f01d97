// returns a proxy with more keys than there is memory
// ends: TIMEOUT or MEMORY_LIMIT or FUNCTION_THREW or RESULT_NOT_SERIALIZABLE
// policy: {"wallMs": 500}
export default () =>
	new Proxy([], {
		get: (target, key) => (key === 'length' ? 2 ** 53 - 1 : key === 'toJSON' ? undefined : key === 'then' ? undefined : 1),
	});
