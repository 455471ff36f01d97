// resolves a promise with a tower of promises
// ends: ok or MEMORY_LIMIT
// results: ["down"]
export default () => {
	let tower = Promise.resolve('down');
	for (let at = 0; at < 10_000; at++) {
		const below = tower;
		tower = new Promise(resolve => resolve(below));
	}
	return tower;
};
