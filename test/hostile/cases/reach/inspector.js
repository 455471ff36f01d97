// calls what only an engine's own shell or debugger has
// ends: ok
// results: [[]]
export default () => {
	const codes = ['%DebugPrint(1)', '%SystemBreak()', 'gc()', 'quit()', 'process.binding("natives")', 'new ShadowRealm().evaluate("1")', 'inspector', '$vm', 'importScripts("x")', 'Deno.env', 'Bun.version'];
	return codes.filter(code => {
		try {
			return (0, eval)(code) !== undefined;
		} catch {
			return false;
		}
	});
};
