// builds functions of every kind out of text, and imports in them
// ends: ok
// results: [[]]
export default async () => {
	const kinds = [async () => {}, function* () {}, async function* () {}, () => {}];
	const codes = ['return import("node:fs")', 'return (await import("node:process")).env', 'return process.env', 'return import("file:///etc/hostname")', 'return import.meta'];
	const reached = [];
	for (const kind of kinds) {
		for (const code of codes) {
			try {
				let got = new (Object.getPrototypeOf(kind).constructor)(code)();
				if (typeof got.next === 'function') got = (await got.next()).value;
				got = await got;
				if (got !== undefined) reached.push(code);
			} catch {}
		}
	}
	return reached;
};
