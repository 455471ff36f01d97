// The supervisor of executors with real processes: the laws of src/worker/executors.ts.
import test from 'ava';
import {buildOf, fixture} from '../engine/world.ts';
import {testAmbient} from '../harness/ambient.ts';
import {itemOf, observe, outcomesOf, pool} from './pool.ts';
import {executorsOf, gone} from './processes.ts';

const echo = () => buildOf('export default input => input;');
/** Takes `input` ms, without using the CPU. */
const nap = () => buildOf('export default ms => new Promise(resolve => setTimeout(resolve, ms, ms));');
const patient = {policy: {wallMs: 600_000, cpuMs: 600_000}};

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

test.serial('an executor that is killed with one attempt inside charges it, and is replaced', async t => {
	const executors = await pool(t);
	const item = itemOf(1);
	const watched = observe(executors, await fixture('neverResolves', patient), [item]);
	await watched.began(item);
	for (const pid of executorsOf()) process.kill(pid, 'SIGKILL');
	const [outcome] = await watched.settled;
	t.like(outcome?.failure, {code: 'CRASHED', retryable: true, details: {how: 'SIGKILL'}});
	t.is(outcome?.usage, null);
	const [next] = await outcomesOf(executors, await echo(), [itemOf('next')]);
	t.is(String(next?.result), '"next"');
	t.is(executors.report().restarts, 1);
});

test.serial('of several inside a dead executor none is charged, and each is run again alone', async t => {
	const executors = await pool(t);
	const build = await nap();
	const lists = [[itemOf(300), itemOf(5)], [itemOf(300)], [itemOf(300)]];
	const watched = lists.map(list => observe(executors, build, list));
	await Promise.all(lists.map(([first], at) => watched[at]?.began(first ?? itemOf(0))));
	for (const pid of executorsOf()) process.kill(pid, 'SIGKILL');
	const outcomes = (await Promise.all(watched.map(({settled}) => settled))).flat();
	t.deepEqual(
		outcomes.map(({result}) => String(result)),
		['300', '5', '300', '300'],
	);
	const where = new Set(outcomes.map(({usage}) => usage?.executor[0]));
	t.deepEqual([...where], ['q'], 'in the quarantine executor');
	t.is(watched[1]?.starts.length, 2);
});

test.serial('an attempt that takes its executors down is found among its neighbours', async t => {
	const executors = await pool(t, {hardRssMb: 450});
	const hog = await fixture('joinBomb', {policy: {...patient.policy, memoryMb: 4096}});
	const neighbours = [itemOf(4000), itemOf(4000)];
	const watched = observe(executors, await nap(), neighbours);
	await watched.began(neighbours[0] ?? itemOf(0));
	const [killer] = await outcomesOf(executors, hog, [itemOf(1)]);
	t.is(killer?.failure?.code, 'MEMORY_LIMIT');
	t.deepEqual(
		(await watched.settled).map(({failure}) => failure),
		[undefined, undefined],
	);
});

test.serial(
	'a call that nothing inside can end is ended with its executor, and only it is charged',
	async t => {
		const executors = await pool(t);
		const neighbour = itemOf(2500);
		const watched = observe(executors, await nap(), [neighbour]);
		await watched.began(neighbour);
		const [stuck] = await outcomesOf(executors, await fixture('bigint', {policy: {cpuMs: 100}}), [itemOf(1)]);
		t.is(stuck?.failure?.code, 'CPU_LIMIT');
		const [outcome] = await watched.settled;
		t.is(String(outcome?.result), '2500');
		t.is(outcome?.usage?.executor[0], 'e', 'a bystander is no suspect');
		t.is(watched.starts.length, 2);
	},
);

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

test.serial('an executor that has run its share is replaced, and nothing is lost', async t => {
	const executors = await pool(t, {recycleAfter: 5});
	const build = await echo();
	for (let round = 0; round < 4; round++) {
		const outcomes = await outcomesOf(
			executors,
			build,
			[1, 2, 3].map(input => itemOf(input)),
		);
		t.deepEqual(
			outcomes.map(({result}) => String(result)),
			['1', '2', '3'],
		);
	}
	t.true(executors.report().restarts >= 1);
});

test.serial('executors that can not be started say why', async t => {
	const failed = pool(t, {nodeFlags: ['--no-such-flag-of-node']});
	await t.throwsAsync(failed, {message: /Expected an executor to start.*bad option/s});
});

test.serial('options are named when they are no good', async t => {
	await t.throwsAsync(pool(t, {executors: 0}), {
		message: /Expected `executors` to be a positive integer, got `0`/,
	});
	await t.throwsAsync(pool(t, {slotsEach: 1.5}), {message: /`slotsEach`/});
});

test.serial('closing kills all executors, and may be asked twice', async t => {
	const executors = await pool(t, {executors: 2});
	const item = itemOf(1);
	await observe(executors, await fixture('forever', patient), [item]).began(item);
	const pids = executorsOf();
	t.is(pids.length, 2);
	t.is(executors.close(), executors.close());
	await executors.close();
	t.deepEqual(executorsOf(), []);
});

test.serial('an executor has no environment, and its log tells of its death', async t => {
	process.env.WARREN_TEST_SECRET = 'hidden';
	t.teardown(() => {
		delete process.env.WARREN_TEST_SECRET;
	});
	const ambient = testAmbient();
	const executors = await pool(t, {}, ambient);
	const [pid = 0] = executorsOf();
	const {readFile} = await import('node:fs/promises');
	if (process.platform === 'linux') t.is(await readFile(`/proc/${pid}/environ`, 'utf8'), '');
	const item = itemOf(1);
	const watched = observe(executors, await fixture('neverResolves', patient), [item]);
	await watched.began(item);
	process.kill(pid, 'SIGSEGV');
	await watched.settled;
	t.like(
		ambient.lines.find(({msg}) => msg === 'executor died'),
		{executor: 'e1', how: 'SIGSEGV', inside: 1},
	);
});

test.serial('an executor dies with its worker, even while user code spins', async t => {
	const {spawn} = await import('node:child_process');
	const script = new URL('./orphan.ts', import.meta.url).pathname;
	const worker = spawn(process.execPath, ['--conditions=source', '--no-node-snapshot', script], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	t.teardown(() => worker.kill('SIGKILL'));
	const pid = await new Promise<number>(resolve => {
		worker.stdout.once('data', chunk => resolve(Number(chunk.toString('utf8'))));
	});
	t.deepEqual(executorsOf(worker.pid), [pid]);
	worker.kill('SIGKILL');
	await gone(pid);
	t.deepEqual(executorsOf(pid), []);
});
