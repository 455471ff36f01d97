// looks through the registries that realms share
// ends: ok
// results: [[]]
export default () => {
	const names = ['nodejs.util.inspect.custom', 'nodejs.util.promisify.custom', 'nodejs.rejection', 'nodejs.disposable', 'undici.globalDispatcher.1', 'isolated-vm'];
	return names.filter(name => {
		const key = Symbol.for(name);
		return [globalThis, Object.prototype, Function.prototype, console, Promise, Error].some(one => one[key] !== undefined);
	});
};
