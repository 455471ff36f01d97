// fills sets with symbols of the registry
// ends: MEMORY_LIMIT or FUNCTION_THREW
export default () => {
	const kept = new Set();
	for (let at = 0; ; at++) kept.add(Symbol.for(`symbol ${at}`));
};
