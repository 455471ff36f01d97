// throws with every frame that there is
// ends: FUNCTION_THREW
const ask = require;
export default async () => {
	Error.stackTraceLimit = Infinity;
	await new Promise(resolve => setTimeout(resolve, 1));
	const inner = [];
	for (const act of [() => new URL('nope'), () => crypto.getRandomValues(new Uint8Array(70_000)), () => structuredClone(() => {}), () => ask('fs'), () => null.x]) {
		try {
			act();
		} catch (error) {
			inner.push(error.stack);
		}
	}
	throw new AggregateError(inner, inner.join('\n'), {cause: new Error(inner.join('\n'))});
};
