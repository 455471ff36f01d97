// gives one object ever more properties
// ends: MEMORY_LIMIT
export default () => {
	const kept = {};
	for (let at = 0; ; at++) kept[`property${at}`] = at;
};
