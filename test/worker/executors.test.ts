// Work in executors with real processes: the laws of src/worker/executors.ts while nobody dies.
import test from 'ava';
import {buildOf, fixture} from '../engine/world.ts';
import {itemOf, nap, observe, outcomesOf, patient, pool} from './pool.ts';

const echo = () => buildOf('export default input => input;');

test.serial('a list is run in its order and each item is settled as it ends', async t => {
	const executors = await pool(t);
	const items = [1, 2, 3].map(input => itemOf(input));
	const watched = observe(executors, await echo(), items);
	const outcomes = await watched.settled;
	t.deepEqual(
		outcomes.map(({result}) => String(result)),
		['1', '2', '3'],
	);
	t.deepEqual(watched.starts, items);
	t.like(outcomes[0]?.usage, {executor: 'e1', cold: true});
	t.like(outcomes[1]?.usage, {executor: 'e1', cold: false, initMs: 0});
	t.is(executors.free, executors.slots);
});

test.serial('a version stays warm, and a fresh one never remembers', async t => {
	const executors = await pool(t);
	const counter = 'let count = 0; export default () => ++count;';
	const reuse = await buildOf(counter);
	const fresh = await buildOf(counter, {policy: {isolation: 'fresh'}});
	const counts = async (build: typeof reuse) =>
		(await outcomesOf(executors, build, [itemOf(0), itemOf(0), itemOf(0)])).map(({result}) => Number(result));
	t.deepEqual(await counts(reuse), [1, 2, 3]);
	t.deepEqual(await counts(reuse), [4, 5, 6]);
	t.deepEqual(await counts(fresh), [1, 1, 1]);
	const [warm] = await outcomesOf(executors, reuse, [itemOf(0)]);
	t.false(warm?.usage?.cold);
});

test.serial('stop ends an attempt inside while(true), and its neighbours do not notice', async t => {
	const executors = await pool(t);
	const spinning = itemOf(1);
	const waiting = itemOf(2);
	const neighbour = observe(executors, await nap(), [itemOf(50)]);
	const watched = observe(executors, await fixture('forever', patient), [spinning, waiting]);
	await watched.began(spinning);
	t.true(executors.stop(waiting.task, waiting.attempt));
	t.true(executors.stop(spinning.task, spinning.attempt));
	const outcomes = await watched.settled;
	t.deepEqual(
		outcomes.map(({failure}) => failure?.code),
		['CANCELLED', 'CANCELLED'],
	);
	t.is(String((await neighbour.settled)[0]?.result), '50');
	t.is(executors.report().restarts, 0);
	t.deepEqual(
		outcomes.map(({usage}) => usage?.hostCalls),
		[0, 0],
	);
	t.false(executors.stop(spinning.task, spinning.attempt), 'it is not here any more');
});

test.serial('stop keeps a waiting attempt from starting', async t => {
	const executors = await pool(t, {slotsEach: 1});
	const build = await fixture('forever', patient);
	const first = itemOf(1);
	const second = itemOf(2);
	const running = observe(executors, build, [first]);
	const waiting = observe(executors, build, [second]);
	await running.began(first);
	t.is(executors.free, 0);
	t.true(executors.stop(second.task, 1));
	t.is((await waiting.settled)[0]?.failure?.code, 'CANCELLED');
	t.deepEqual(waiting.starts, []);
	t.true(executors.stop(first.task, 1));
	await running.settled;
});

test.serial('stop ends every copy of an attempt: those that run and those that wait', async t => {
	const executors = await pool(t, {slotsEach: 2});
	const build = await fixture('forever', patient);
	const item = itemOf(1);
	const copies = [0, 1, 2].map(() => ({...item}));
	const watched = copies.map(copy => observe(executors, build, [copy]));
	await watched[1]?.began(copies[1] ?? item);
	t.true(executors.stop(item.task, item.attempt));
	const outcomes = await Promise.all(watched.map(({settled}) => settled));
	t.deepEqual(
		outcomes.map(([outcome]) => outcome?.failure?.code),
		['CANCELLED', 'CANCELLED', 'CANCELLED'],
	);
	t.false(executors.stop(item.task, item.attempt));
});

test.serial('a function at its limit does not disturb its neighbours', async t => {
	const executors = await pool(t);
	const build = await echo();
	const spins = outcomesOf(executors, await fixture('forever', {policy: {cpuMs: 300}}), [itemOf(1)]);
	const bombs = outcomesOf(executors, await fixture('arrayBomb', {policy: {memoryMb: 64}}), [itemOf(1)]);
	const items = Array.from({length: 200}, (_, at) => itemOf(at));
	const outcomes = await Promise.all(items.map(item => outcomesOf(executors, build, [item])));
	t.deepEqual(
		outcomes.map(([outcome]) => Number(outcome?.result)),
		items.map((_, at) => at),
	);
	t.is((await spins)[0]?.failure?.code, 'CPU_LIMIT');
	t.is((await bombs)[0]?.failure?.code, 'MEMORY_LIMIT');
	t.is(executors.report().restarts, 0);
});

test.serial('a listener may hand over more while it is told, and nothing is run twice', async t => {
	const executors = await pool(t, {slotsEach: 1});
	const build = await echo();
	const late = itemOf(1, {deadline: Date.now() - 1});
	const more = Promise.withResolvers<void>();
	const ends: string[] = [];
	const note = (name: string) => ({
		started() {},
		settled: (_: unknown, {failure}: {failure?: {code: string}}) => {
			ends.push(`${name} ${failure?.code ?? 'ok'}`);
			if (ends.length === 3) more.resolve();
		},
	});
	executors.run(build, [late, itemOf(2)], {
		started() {},
		settled(item, outcome) {
			if (item === late) executors.run(build, [itemOf(3)], note('more'));
			note('first').settled(item, outcome);
		},
	});
	await more.promise;
	await executors.drain();
	t.deepEqual(ends.sort(), ['first DEADLINE_EXCEEDED', 'first ok', 'more ok']);
});

test.serial('a deadline that passed keeps an attempt from starting, one that passes ends it', async t => {
	const executors = await pool(t);
	const late = observe(executors, await echo(), [itemOf(1, {deadline: Date.now() - 1}), itemOf(2)]);
	const outcomes = await late.settled;
	t.is(outcomes[0]?.failure?.code, 'DEADLINE_EXCEEDED');
	t.is(String(outcomes[1]?.result), '2');
	t.is(late.starts.length, 1);
	const soon = itemOf(1, {deadline: Date.now() + 200});
	const [ended] = await outcomesOf(executors, await fixture('forever', patient), [soon]);
	t.is(ended?.failure?.code, 'DEADLINE_EXCEEDED');
});

test.serial("the caller's limit holds where it is less than the version's", async t => {
	const executors = await pool(t);
	const [outcome] = await outcomesOf(executors, await fixture('forever', patient), [
		itemOf(1, {wallMs: 100}),
	]);
	t.like(outcome?.failure, {code: 'TIMEOUT', details: {limitMs: 100}});
});

test.serial('check loads a version and says what is wrong with it', async t => {
	const executors = await pool(t);
	t.is(await executors.check(await echo()), undefined);
	t.like(await executors.check(await fixture('loadThrows')), {code: 'BUILD_FAILED'});
	t.like(await executors.check(await fixture('noHandler')), {code: 'BUILD_FAILED'});
	t.like(await executors.check(await fixture('loadForever', {policy: {wallMs: 100}})), {code: 'TIMEOUT'});
	t.is(executors.free, executors.slots);
});

test.serial('a version is checked while every slot is taken, and its check takes none', async t => {
	const executors = await pool(t, {slotsEach: 1});
	const long = itemOf(1);
	const busy = observe(executors, await fixture('forever', patient), [long]);
	await busy.began(long);
	t.is(await executors.check(await echo()), undefined);
	t.like(await executors.check(await fixture('noHandler')), {code: 'BUILD_FAILED'});
	t.true(executors.stop(long.task, long.attempt));
	t.like(await busy.settled, [{failure: {code: 'CANCELLED'}}]);
});

test.serial('drain resolves when all that was handed over is settled', async t => {
	const executors = await pool(t, {slotsEach: 1});
	await executors.drain();
	let settled = 0;
	const build = await nap();
	for (let at = 0; at < 3; at++) {
		executors.run(build, [itemOf(10), itemOf(10)], {
			started() {},
			settled() {
				settled += 1;
			},
		});
	}
	await executors.drain();
	t.is(settled, 6);
});

test.serial('options are named when they are no good', async t => {
	await t.throwsAsync(pool(t, {executors: 0}), {
		message: /Expected `executors` to be a positive integer, got `0`/,
	});
	await t.throwsAsync(pool(t, {slotsEach: 1.5}), {message: /`slotsEach`/});
});

test.serial('functions are in UTC, wherever their machine is', async t => {
	const elsewhere = '--import=data:text/javascript,process.env.TZ="Asia/Tokyo"';
	const executors = await pool(t, {nodeFlags: [elsewhere]});
	const zone =
		'export default () => [new Date(0).getHours(), Intl.DateTimeFormat().resolvedOptions().timeZone];';
	const [outcome] = await outcomesOf(executors, await buildOf(zone), [itemOf(1)]);
	t.is(String(outcome?.result), '[0,"UTC"]');
});

test.serial('a chunk is one item, whose result has the outcomes of its lines', async t => {
	const executors = await pool(t);
	const lines = (...inputs: unknown[]) => Buffer.from(inputs.map(input => JSON.stringify(input)).join('\n'));
	const build = await buildOf("export default x => { if (x === 2) throw new Error('no'); return x; };");
	const [outcome] = await outcomesOf(executors, build, [itemOf(0, {input: lines(1, 2, 3), isChunk: true})]);
	t.like(JSON.parse(String(outcome?.result)), [{value: 1}, {failure: {code: 'FUNCTION_THREW'}}, {value: 3}]);
	t.true((outcome?.usage?.runMs ?? 0) > 0);
	const spinning = itemOf(0, {input: lines(1, 2), isChunk: true});
	const watched = observe(executors, await fixture('forever', patient), [spinning]);
	await watched.began(spinning);
	t.true(executors.stop(spinning.task, spinning.attempt));
	t.is((await watched.settled)[0]?.failure?.code, 'CANCELLED');
	t.is(executors.report().restarts, 0);
});
