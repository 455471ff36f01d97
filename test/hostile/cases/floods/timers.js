// asks for ever earlier timers
// ends: ok
// results: ["flooded"]
export default async () => {
	let timer;
	for (let at = 100_000; at > 0; at--) {
		clearTimeout(timer);
		timer = setTimeout(() => {}, 1000 + at);
	}
	clearTimeout(timer);
	return 'flooded';
};
