// prints what an import fails with
// ends: ok
export default async () => {
	const seen = [];
	for (const name of ['node:fs', './x.js', 'file:///etc/passwd', '#warren.ts', 'isolated-vm']) {
		await import(name).catch(error => seen.push(error.stack.replaceAll(name, '')));
	}
	console.log(seen);
	return seen;
};
