// throws a tower of proxies
// ends: FUNCTION_THREW or MEMORY_LIMIT
export default () => {
	let tower = new Error('below');
	for (let at = 0; at < 100_000; at++) tower = new Proxy(tower, {});
	throw tower;
};
