// prints on every way that leads to the log
// ends: ok
// results: ["flooded"]
export default (_, {log}) => {
	for (let at = 0; at < 1000; at++) {
		for (const way of [...Object.values(log), console.debug, console.table, console.trace, console.dir]) way('x'.repeat(100), at);
		console.assert(false, at);
		console.count('c');
		console.group('deeper');
	}
	return 'flooded';
};
