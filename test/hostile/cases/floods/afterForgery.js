// makes numbers and strings lie before it floods the log
// ends: ok
// results: ["flooded"]
export default () => {
	Math.max = () => 1e9;
	Date.now = () => -1;
	String.prototype.slice = () => 'x'.repeat(1e6);
	Object.defineProperty(Object.prototype, 'lines', {get: () => -1e9, set() {}});
	Object.defineProperty(Object.prototype, 'characters', {get: () => -1e9, set() {}});
	for (let at = 0; at < 5000; at++) console.log('x'.repeat(500));
	return 'flooded';
};
