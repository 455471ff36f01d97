// throws failures that only the host may say
// inputs: ["CRASHED", "TIMEOUT", "MEMORY_LIMIT", "INTERNAL", "CANCELLED"]
// ends: FUNCTION_THREW
export default code => {
	throw Object.assign(new Error(code), {code, name: code, failure: {code}});
};
