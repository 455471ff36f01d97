// prints far more lines than are kept
// ends: ok
// results: ["flooded"]
export default () => {
	for (let at = 0; at < 20_000; at++) console.log(`line ${at}`);
	return 'flooded';
};
