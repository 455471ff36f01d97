// calls everything of the sandbox with hardly any stack left, and keeps what it throws
// ends: ok
export default async () => {
	const calls = [
		() => console.log('deep %o', {a: [1]}),
		() => clearTimeout(setTimeout(() => {}, 1)),
		() => crypto.randomUUID(),
		() => new URL('http://\u00e4.example/?a=b'),
		() => structuredClone({a: [new Map([[1, 2]])]}),
		() => new TextDecoder().decode(new TextEncoder().encode('\u00e4')),
		() => AbortSignal.timeout(1),
		() => queueMicrotask(() => {}),
		() => atob(btoa('deep')),
	];
	const seen = new Set();
	for (const call of calls) {
		let left = 200;
		const dig = () => {
			try {
				dig();
			} catch {}
			if (left-- < 0) return;
			try {
				call();
			} catch (error) {
				try {
					seen.add(error.stack.split('\n').slice(0, 3).join());
				} catch {}
			}
		};
		dig();
	}
	await null;
	return [...seen].slice(0, 50);
};
