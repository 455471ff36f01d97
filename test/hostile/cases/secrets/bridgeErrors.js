// lets the host's functions fail in every way it can think of, and prints their errors
// ends: ok
export default async () => {
	const bad = [() => crypto.getRandomValues(new Float64Array(1)), () => new URL('http://\ud800.com'), () => new URL(`http://${'\u00e4'.repeat(5000)}/`), () => new URL('http://xn--\u0000/'), () => atob('\u00e4'), () => btoa('\u4e2d'), () => setTimeout('code'), () => queueMicrotask(null), () => new AbortSignal(), () => AbortSignal.abort().throwIfAborted(), () => new TextDecoder('nope'), () => structuredClone(Symbol('s'))];
	for (const act of bad) {
		try {
			act();
		} catch (error) {
			console.error(error, error?.stack, Object.getOwnPropertyNames(error).map(key => String(error[key])));
		}
	}
	return 'printed';
};
