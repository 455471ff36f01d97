// What a function is given, and what becomes of what it returns, throws and prints.
import test from 'ava';
import {createIsolateEngine} from '#engine/isolate.ts';
import {systemClock} from '#lib/clock.ts';
import {buildOf, callOf, engineOf, fixture, opened, resultOf, runAll, runOne} from './world.ts';

type Line = {readonly at: number; readonly level: string; readonly text: string};

const linesOf = (logs: Buffer | undefined) => JSON.parse(logs?.toString('utf8') ?? '[]') as Line[];

test('a function is called with its input and a frozen context', async t => {
	const code = `export default function (input, ctx) {
		'use strict';
		return {input, ctx: {...ctx, log: Object.keys(ctx.log)}, self: typeof this, count: arguments.length,
			frozen: [Object.isFrozen(ctx), Object.isFrozen(ctx.env), Object.isFrozen(ctx.log)]};
	}`;
	const sandbox = await opened(engineOf(t), await buildOf(code, {name: 'shape', env: {MODE: 'dark'}}));
	const outcome = await runOne(sandbox, {a: 1}, {task: 'T1', attempt: 3, deadline: 1_900_000_000_000});
	t.deepEqual(resultOf(outcome), {
		input: {a: 1},
		ctx: {
			task: 'T1',
			attempt: 3,
			deadline: 1_900_000_000_000,
			function: 'shape',
			env: {MODE: 'dark'},
			log: ['debug', 'info', 'warn', 'error'],
		},
		self: 'undefined',
		count: 2,
		frozen: [true, true, true],
	});
});

const forms: Readonly<Record<string, readonly [code: string, handler?: string]>> = {
	'a default export': ['export default async x => x + 1;'],
	'a named export': ['export const add = x => x + 1;', 'add'],
	'a member of the default export': ['export default {add: x => x + 1};', 'add'],
	'module.exports itself': ['module.exports = x => x + 1;'],
	'a member of module.exports': ['exports.add = async x => x + 1;', 'add'],
	'a default in module.exports': ['exports.default = x => x + 1; exports.__esModule = true;'],
	'a module that awaits while it loads': [
		'const one = await new Promise(r => setTimeout(r, 2, 1)); export default x => x + one;',
	],
	'a named export of a module that awaits': [
		'const one = await 1; export {add as plus}; const add = x => x + one;',
		'plus',
	],
};

for (const [form, [code, handler = 'default']] of Object.entries(forms)) {
	test(`a handler may be ${form}`, async t => {
		const sandbox = await opened(engineOf(t), await buildOf(code, {handler}));
		t.is(resultOf(await runOne(sandbox, 1)), 2);
	});
}

test('undefined becomes null, and an empty input is null', async t => {
	const sandbox = await opened(engineOf(t), await buildOf('export default x => x === null ? undefined : x;'));
	t.is(resultOf(await runOne(sandbox, null, {input: Buffer.alloc(0)})), null);
});

test('an input that is not JSON is refused', async t => {
	const sandbox = await opened(engineOf(t), await buildOf('export default x => x;'));
	const {failure} = await runOne(sandbox, null, {input: Buffer.from('{"a":')});
	t.like(failure, {code: 'INVALID_INPUT', retryable: false});
});

test('an error keeps its name, message, code and cause, and its stack is the function’s own', async t => {
	const code = `class OrderError extends Error { name = 'OrderError'; code = 'E_ORDER'; }
export default () => {
	throw new OrderError('no such order', {cause: new TypeError('inner')});
};`;
	const sandbox = await opened(engineOf(t), await buildOf(code, {name: 'orders'}));
	const {failure} = await runOne(sandbox, 1);
	t.like(failure, {code: 'FUNCTION_THREW', name: 'OrderError', message: 'no such order', retryable: false});
	t.like(failure?.details, {code: 'E_ORDER', cause: {name: 'TypeError', message: 'inner'}});
	t.is(failure?.permanent, undefined);
	t.regex(
		failure?.stack ?? '',
		/^OrderError: no such order\n {4}at \w+ \(file:\/\/\/fn\/orders\/index\.js:3:8\)$/,
	);
});

test('an error says for itself that another attempt is useless', async t => {
	const code = 'export default () => { throw Object.assign(new Error("gone"), {retryable: false}); };';
	t.true((await runOne(await opened(engineOf(t), await buildOf(code)), 1)).failure?.permanent);
});

test('a stack of TypeScript names the lines of its source', async t => {
	const code = `type Input = {
	readonly n: number;
};

const check = (n: number): number => {
	if (n < 0) throw new RangeError('below zero');
	return n;
};

export default async ({n}: Input): Promise<number> => {
	await null;
	return check(n);
};`;
	const sandbox = await opened(engineOf(t), await buildOf(code, {language: 'typescript', name: 'typed'}));
	t.is(resultOf(await runOne(sandbox, {n: 4})), 4);
	const {failure} = await runOne(sandbox, {n: -1});
	t.deepEqual(failure?.stack?.split('\n'), [
		'RangeError: below zero',
		'    at check (file:///fn/typed/index.ts:6:19)',
		'    at index_default (file:///fn/typed/index.ts:12:9)',
	]);
});

test('what is printed is captured for its call, by console and by ctx.log', async t => {
	const code = `export default (x, {log}) => {
		console.log('hello %s, %d of %j', 'you', 2, {a: 1}, [1, 'b', null]);
		console.error(new Map([['k', {deep: [1]}]]));
		log.warn('by', x);
		console.group('outer'); console.debug('inside'); console.groupEnd();
	};`;
	const sandbox = await opened(engineOf(t), await buildOf(code));
	const [one, two] = await runAll(sandbox, [callOf('one'), callOf('two')]);
	t.deepEqual(
		linesOf(one?.logs).map(({level, text}) => [level, text]),
		[
			['info', 'hello you, 2 of { a: 1 } [ 1, "b", null ]'],
			['error', 'Map(1) [ [ "k", { deep: [ 1 ] } ] ]'],
			['warn', 'by one'],
			['info', 'outer'],
			['debug', '  inside'],
		],
	);
	t.is(linesOf(two?.logs)[2]?.text, 'by two');
	t.true(linesOf(one?.logs).every(({at}) => Math.abs(at - Date.now()) < 60_000));
});

test('a flood of lines is cut, and the last line says how much', async t => {
	const sandbox = await opened(engineOf(t), await fixture('logFlood'));
	const {logs} = await runOne(sandbox, 1);
	const lines = linesOf(logs);
	const size = lines.reduce((sum, {text}) => sum + text.length, 0);
	t.true(lines.length <= 1001 && size < 66_000, `${lines.length} lines, ${size} characters`);
	t.regex(
		lines.at(-1)?.text ?? '',
		/^\d+ more lines \(\d+ characters\) were cut: one attempt may print 1000 lines/,
	);
});

test('what was printed before a limit is not lost', async t => {
	const code = 'export default () => { console.log("so far"); while (true); };';
	const {logs, failure} = await runOne(await opened(engineOf(t), await buildOf(code)), 1, {wallMs: 1500});
	t.is(failure?.code, 'TIMEOUT');
	t.is(linesOf(logs)[0]?.text, 'so far');
});

for (const name of ['leftoverTimer', 'leftoverInterval', 'leftoverLoop', 'uncaughtInTimer']) {
	test(`after ${name} a sandbox is not used again`, async t => {
		const sandbox = await opened(engineOf(t), await fixture(name));
		const outcomes = await runAll(sandbox, [callOf(1), callOf(2)]);
		t.truthy(outcomes[0]);
		if (name !== 'leftoverLoop') t.is(outcomes[1], undefined);
		t.true(sandbox.spent);
	});
}

test('a timer that a module set for itself, and one nobody waits for, is no leftover work', async t => {
	const code = `let ticks = 0;
setInterval(() => { ticks += 1; }, 1);
export default async () => {
	AbortSignal.timeout(60_000);
	const before = ticks;
	await new Promise(resolve => setTimeout(resolve, 20));
	return ticks > before;
};`;
	const sandbox = await opened(engineOf(t), await buildOf(code));
	t.deepEqual((await runAll(sandbox, [callOf(1), callOf(2)])).map(resultOf), [true, true]);
	t.false(sandbox.spent);
});

test('many timers that are due at once all fire', async t => {
	const code = `export default async n => {
		const all = Array.from({length: n}, (_, i) => new Promise(resolve => setTimeout(resolve, i % 7, i)));
		return (await Promise.all(all)).length;
	};`;
	const outcome = await runOne(await opened(engineOf(t), await buildOf(code)), 2000, {
		wallMs: 60_000,
		cpuMs: 60_000,
	});
	t.is(resultOf(outcome), 2000);
});

test('blank sandboxes wait ahead of time, and a version compiled once is compiled no more', async t => {
	const engine = createIsolateEngine({
		clock: systemClock,
		memoryMb: 128,
		broken: ({message}) => t.fail(message),
	});
	t.teardown(() => engine.close());
	const build = await buildOf('export default x => x;');
	for (let round = 0; round < 3; round++) {
		const sandbox = await opened(engine, build);
		t.is(resultOf(await runOne(sandbox, round)), round);
		sandbox.close();
	}
	// It is filled when nothing else is to be done.
	while (engine.report().blank < 2) await new Promise(setImmediate);
	t.true(engine.report().blank <= 16);
});
