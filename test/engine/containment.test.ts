// What user code can see and reach: nothing of the host.
import test from 'ava';
import {buildOf, engineOf, fixture, opened, resultOf, runOne} from './world.ts';

test('no name and no chain of constructors leads to the host', async t => {
	const sandbox = await opened(engineOf(t), await fixture('escape'));
	t.deepEqual(resultOf(await runOne(sandbox, 1)), {found: [], reach: [], odd: [], self: 'object'});
});

test('the globals of a sandbox are those of the language and the web', async t => {
	const names = 'Object.getOwnPropertyNames(globalThis).filter(n => !native.includes(n)).sort()';
	const bare = JSON.stringify(Object.getOwnPropertyNames(globalThis));
	const code = `const native = ${bare}; export default () => ${names};`;
	// Whatever is not a global of Node's too.
	t.deepEqual(resultOf(await runOne(await opened(engineOf(t), await buildOf(code)), 1)), []);
});

test('frames below a function show neither functions nor receivers', async t => {
	const sandbox = await opened(engineOf(t), await fixture('callSites'));
	const {fns, selves} = resultOf(await runOne(sandbox, 1)) as {fns: number; selves: string[]};
	t.is(fns, 1, 'its own');
	t.deepEqual(new Set(selves.slice(1)), new Set(['undefined']));
});

test('no way to a growing buffer is left open', async t => {
	const sandbox = await opened(engineOf(t), await fixture('resizableBack'));
	t.deepEqual(resultOf(await runOne(sandbox, 1)), {
		grown: [],
		resize: 'undefined',
		shared: 'undefined',
		atomics: 'undefined',
		wasm: 'undefined',
	});
});

for (const name of ['hostPath', 'importing', 'throwCauses', 'recursion', 'resultCycle', 'throwPrepareLoop']) {
	test(`a failure of ${name} tells nothing of the host's files`, async t => {
		const sandbox = await opened(engineOf(t), await fixture(name));
		const {failure} = await runOne(sandbox, 1, {wallMs: 300});
		const text = JSON.stringify(failure);
		t.truthy(failure);
		t.notRegex(text, /node_modules|node:|isolated-vm|warren|\/src\/|\/home|\/root|\.ts\b/);
		for (const [path] of text.matchAll(/file:[^\s)]+/g)) t.regex(path, /^file:\/\/\/fn\/fn\//);
	});
}

test('a failure while loading tells nothing of the host', async t => {
	const failure = await engineOf(t).open(await fixture('loadThrows'), {stuck() {}});
	t.notRegex(JSON.stringify(failure), /node_modules|isolated-vm|warren/);
	t.like(failure, {
		message: "index.js:3:30: TypeError: Cannot read properties of undefined (reading 'name')",
	});
});

test('what one version breaks is whole in the next sandbox', async t => {
	const engine = engineOf(t);
	const polluted = await opened(engine, await fixture('pollution'));
	t.is(resultOf(await runOne(polluted, 'in')), 'in');
	t.is(resultOf(await runOne(polluted, 'again')), 'again', 'even in the same one');
	const clean = await opened(engine, await buildOf('export default x => [x].map(JSON.stringify).join();'));
	t.is(resultOf(await runOne(clean, 'in')), '"in"');
});
