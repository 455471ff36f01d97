// takes the frames below it apart for functions and receivers
// ends: ok
// results: [{"functions": [], "receivers": [], "files": true}]
export default async () => {
	Error.stackTraceLimit = Infinity;
	Error.prepareStackTrace = (_, sites) => sites;
	const collect = () => new Error('x').stack;
	const all = [...collect()];
	await null;
	all.push(...collect());
	await new Promise(resolve => setTimeout(() => { all.push(...collect()); resolve(); }, 1));
	try {
		new URL('http://\u00e4..\u0000/');
	} catch (error) {
		all.push(...error.stack);
	}
	[...all].map(String);
	const mine = fn => /new Error|collect|all\.push|prepareStackTrace|index_default/.test(String(fn));
	const files = all.map(site => site.getFileName?.() ?? site.getScriptNameOrSourceURL?.() ?? '');
	return {
		functions: all.map(site => site.getFunction?.()).filter(fn => fn && !mine(fn)).map(String),
		receivers: all.map(site => site.getThis?.()).filter(self => self && self !== globalThis).map(String),
		files: files.every(file => file === '' || file === null || file.startsWith('file:///fn/') || file === 'file:///warren/guest.js'),
	};
};
