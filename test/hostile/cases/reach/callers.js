// looks for whoever called it
// ends: ok
// results: [[]]
export default function hostile() {
	const ways = [() => hostile.caller, () => hostile.arguments, () => arguments.callee.caller, () => console.log.caller, () => require.caller, () => setTimeout.arguments];
	return ways.flatMap(way => {
		try {
			const got = way();
			return got === null || got === undefined || got === arguments || typeof got === 'object' ? [] : [String(got)];
		} catch {
			return [];
		}
	});
}
