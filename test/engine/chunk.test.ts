// A chunk in an executor: what its lines came to, whatever happens to the sandboxes they run in.
import test, {type ExecutionContext} from 'ava';
import type {Build} from '#contract/build.ts';
import type {LineOutcome} from '#contract/chunk.ts';
import {ExecutorChunk} from '#engine/executorChunk.ts';
import type {ItemEnd} from '#engine/executorList.ts';
import {createWarmSandboxes} from '#engine/executorWarm.ts';
import {buildOf, engineOf} from './world.ts';

/** Runs a chunk of these inputs to its end. */
function start(
	t: ExecutionContext,
	build: Build,
	inputs: readonly unknown[],
	limits: {wallMs?: number; cpuMs?: number} = {},
	budgetMs?: number,
): {chunk: ExecutorChunk; ended: Promise<ItemEnd>} {
	const {promise: ended, resolve} = Promise.withResolvers<ItemEnd>();
	const chunk = new ExecutorChunk({
		...{engine: engineOf(t), warm: createWarmSandboxes(64 * 1024 * 1024), build},
		stock: {asked() {}},
		item: {task: 't', attempt: 1, wallMs: 5000, cpuMs: 5000, deadline: null, isChunk: true, ...limits},
		input: Buffer.from(inputs.map(input => JSON.stringify(input)).join('\n')),
		...(budgetMs !== undefined && {budgetMs}),
		settled: resolve,
		stuck: (_, {message}) => t.fail(message),
	});
	void chunk.run();
	return {chunk, ended};
}

/** The values, and the codes of failures in their places. */
function outcomesOf({result}: ItemEnd): unknown[] {
	const outcomes = JSON.parse(result?.toString() ?? '[]') as LineOutcome[];
	return outcomes.map(one => ('value' in one ? one.value : one.failure.code));
}

test('each line is run once, and its outcome stands in its place', async t => {
	const build = await buildOf('let calls = 0; export default (x, {index}) => [x, index, ++calls];');
	const inputs = Array.from({length: 700}, (_, at) => `line ${at}`);
	const end = await start(t, build, inputs).ended;
	t.deepEqual(
		outcomesOf(end),
		inputs.map((text, at) => [text, at, at + 1]),
	);
	t.true(end.cold);
	t.true(end.runMs > 0 && end.cpuMs > 0 && end.heapBytes > 0);
});

test('a line that overruns its limits fails, and all others have their values', async t => {
	const build = await buildOf('export default x => { while (x === 100 || x === 150); return x; };');
	const inputs = Array.from({length: 200}, (_, at) => at);
	const end = await start(t, build, inputs, {cpuMs: 200}).ended;
	t.deepEqual(
		outcomesOf(end),
		inputs.map(at => (at === 100 || at === 150 ? 'CPU_LIMIT' : at)),
	);
});

test('a line that takes all memory fails, and so does one that leaves work behind for nobody', async t => {
	const code = `export default x => {
		const kept = [];
		while (x === 3) kept.push(new Array(10_000).fill(x));
		if (x === 5) setTimeout(() => {}, 60_000);
		return x;
	};`;
	const end = await start(t, await buildOf(code, {policy: {memoryMb: 16}}), [1, 2, 3, 4, 5, 6]).ended;
	t.deepEqual(outcomesOf(end), [1, 2, 'MEMORY_LIMIT', 4, 5, 6]);
});

test('in fresh isolation no line sees what another has left', async t => {
	const build = await buildOf('let calls = 0; export default () => ++calls;', {policy: {isolation: 'fresh'}});
	t.deepEqual(outcomesOf(await start(t, build, [0, 0, 0]).ended), [1, 1, 1]);
});

test('what lines return beyond eight megabytes together is refused them, and no other', async t => {
	const build = await buildOf("export default size => 'x'.repeat(size);");
	const end = await start(t, build, [3_000_000, 3_000_000, 3_000_000, 10]).ended;
	const told = outcomesOf(end);
	t.is(told[2], 'PAYLOAD_TOO_LARGE');
	t.is(told[3], 'xxxxxxxxxx');
	t.true((end.result?.length ?? 0) < 8 * 1024 * 1024);
});

test('what lines print is kept as that of one attempt', async t => {
	const build = await buildOf("export default x => { console.log(x); if (x === 1) throw new Error('no'); };");
	const {logs} = await start(t, build, [0, 1, 2]).ended;
	const lines = JSON.parse(logs?.toString() ?? '[]') as {text: string}[];
	t.deepEqual(
		lines.map(({text}) => text),
		['0', '1', '2'],
	);
});

test('a chunk that is stopped is cancelled, whatever of it has run', async t => {
	const build = await buildOf('export default x => { while (x === 1); return x; };');
	const {chunk, ended} = start(t, build, [0, 1, 2]);
	// Once it is inside.
	while (chunk.inside < 0) await new Promise(resolve => setImmediate(resolve));
	chunk.stop(0);
	const {failure, result} = await ended;
	t.is(failure?.code, 'CANCELLED');
	t.is(result, undefined);
});

test('code that can not be loaded fails the chunk, not its lines', async t => {
	const build = await buildOf("throw new Error('broken');");
	t.is((await start(t, build, [1, 2]).ended).failure?.code, 'BUILD_FAILED');
});

test('code that takes too long to load fails the chunk as well', async t => {
	const {failure, result} = await start(t, await buildOf('while (true);'), [1, 2], {cpuMs: 100}).ended;
	t.is(failure?.code, 'CPU_LIMIT');
	t.is(result, undefined);
});

test('lines that have not ended when the time of their chunk is over fail, and no other', async t => {
	// What is large is told of at once; what was not told of is gone with the sandbox.
	const code = "export default x => (x === 2 ? new Promise(() => {}) : 'x'.repeat(100_000 + x));";
	// Long enough for a busy machine to load it and run two lines.
	const {ended} = start(t, await buildOf(code), [0, 1, 2, 3, 4], {wallMs: 60_000}, 8000);
	const end = await ended;
	t.is(end.failure, undefined);
	t.deepEqual(
		outcomesOf(end).map(one => (one === 'TIMEOUT' ? one : (one as string).length)),
		[100_000, 100_001, 'TIMEOUT', 'TIMEOUT', 'TIMEOUT'],
	);
	t.regex(end.result?.toString() ?? '', /map it again, in smaller chunks/);
});

test('of more than one call may print it is said how much was cut', async t => {
	const build = await buildOf("export default x => { console.log('first', x); console.log('second', x); };");
	const inputs = Array.from({length: 600}, (_, at) => at);
	const {logs} = await start(t, build, inputs).ended;
	const lines = JSON.parse(logs?.toString() ?? '[]') as {text: string}[];
	t.deepEqual(
		[lines[0], lines[999]].map(line => line?.text),
		['first 0', 'second 499'],
	);
	t.is(lines.length, 1001);
	t.regex(lines.at(-1)?.text ?? '', /^\d+ more lines .* were cut/);
});

test('a small result keeps its room beside one that has none', async t => {
	const build = await buildOf("export default size => 'x'.repeat(size);");
	const told = outcomesOf(await start(t, build, [3_000_000, 3_000_000, 10, 3_000_000, 10]).ended);
	t.is(told[2], 'xxxxxxxxxx');
	t.is(told[3], 'PAYLOAD_TOO_LARGE');
	t.is(told[4], 'xxxxxxxxxx');
});

/** Makes its runner believe that a line has ended that has not, or that nothing more can be run. */
const deceiver = (believed: boolean) => `const mine = new Promise(() => {});
	export default input => {
		if (input !== 'deceive') return input;
		const {then} = Promise.prototype;
		const own = Object.getOwnPropertyDescriptor(Promise.prototype, 'constructor');
		Object.defineProperty(Promise.prototype, 'constructor', {configurable: true, get: () => class {}});
		Promise.prototype.then = function (resolve) {
			if (this === mine) return;
			Promise.prototype.then = then;
			Object.defineProperty(Promise.prototype, 'constructor', own);
			resolve(${believed});
		};
		return mine;
	};`;

for (const believed of [true, false])
	test(`a line that makes its runner believe ${believed} costs no other its outcome`, async t => {
		const inputs = [0, 1, 'deceive', 3, 4, 'deceive', 6];
		t.deepEqual(
			outcomesOf(await start(t, await buildOf(deceiver(believed)), inputs).ended),
			inputs.map(input => (input === 'deceive' ? 'FUNCTION_THREW' : input)),
		);
	});
