// gives the host's own functions what they do not expect, and reads their errors
// ends: ok
export default () => {
	const odd = [undefined, null, NaN, -1, 1e9, {}, [], Symbol.iterator, 10n, () => {}, new Proxy({}, {get() { throw new Error('p'); }}), {valueOf: () => 1e9}, {toString: () => 'x'.repeat(1e4)}];
	const ways = [one => crypto.getRandomValues(one), one => new URL(one), one => URL.canParse(`http://${String(one)}/`), one => setTimeout(one, one), one => console.log(one, one), one => console.group(one), one => console.time(one), one => atob(one), one => structuredClone(one), one => new TextDecoder(one), one => clearTimeout(one), one => queueMicrotask(one)];
	const seen = new Set();
	for (const way of ways) for (const one of odd) {
		try {
			way(one);
		} catch (error) {
			seen.add(String(error?.stack ?? error));
		}
	}
	return [...seen];
};
