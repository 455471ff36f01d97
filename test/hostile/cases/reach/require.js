// asks the require that it is given for everything
// ends: ok
// results: [[]]
export default () => {
	const names = ['fs', 'node:fs', 'child_process', 'isolated-vm', '../executor.ts', '/etc/passwd', '__proto__', 'constructor', ''];
	return names.filter(name => {
		try {
			return require(name) !== undefined;
		} catch {
			return false;
		}
	});
};
