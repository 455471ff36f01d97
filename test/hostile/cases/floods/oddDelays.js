// sets timers with delays that are no delays
// ends: ok
// results: [11]
export default async () => {
	const odd = [NaN, -1, -Infinity, 2 ** 31, 2 ** 53, '5', null, undefined, {}, [], 0.1];
	const timers = odd.map(delay => setTimeout(() => {}, delay));
	await new Promise(resolve => setTimeout(resolve, 5));
	for (const timer of timers) clearTimeout(timer);
	return timers.length;
};
