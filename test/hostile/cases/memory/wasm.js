// asks for the memories of WebAssembly, which nobody counts
// ends: FUNCTION_THREW
export default () => {
	const kept = [];
	for (let at = 0; at < 40; at++) kept.push(new WebAssembly.Memory({initial: 512}));
	return kept.length;
};
