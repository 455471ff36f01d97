// Executors that die, are killed, or must be, with real processes: who pays, and who is run again.
import {spawn} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import test from 'ava';
import {buildOf, fixture} from '../engine/world.ts';
import {testAmbient} from '../harness/ambient.ts';
import {alarm, itemOf, nap, observe, outcomesOf, patient, pool, soon} from './pool.ts';
import {executorOf, executorsOf, gone} from './processes.ts';

const echo = () => buildOf('export default input => input;');

test.serial('an executor that is killed with one attempt inside charges it, and is replaced', async t => {
	const executors = await pool(t);
	const item = itemOf(1);
	const watched = observe(executors, await fixture('neverResolves', patient), [item]);
	await watched.began(item);
	for (const pid of executorsOf()) process.kill(pid, 'SIGKILL');
	const [outcome] = await watched.settled;
	t.like(outcome?.failure, {code: 'CRASHED', retryable: true, details: {how: 'SIGKILL'}});
	t.like(outcome?.usage, {executor: 'e1', cpuMs: 0});
	const [next] = await outcomesOf(executors, await echo(), [itemOf('next')]);
	t.is(String(next?.result), '"next"');
	t.is(executors.report().restarts, 1);
});

test.serial(
	'who was sent to an executor that stood still, and then died, is not charged: it runs elsewhere',
	async t => {
		const executors = await pool(t);
		await outcomesOf(executors, await echo(), [itemOf(0)]);
		for (const pid of executorsOf()) process.kill(pid, 'SIGSTOP');
		const settled = outcomesOf(executors, await echo(), [itemOf(1)]);
		for (const pid of executorsOf()) process.kill(pid, 'SIGKILL');
		const [outcome] = await settled;
		t.is(String(outcome?.result), '1');
	},
);

test.serial('of several inside a dead executor none is charged, and each is run again alone', async t => {
	const executors = await pool(t);
	const build = await alarm();
	const at = soon();
	const lists = [[itemOf(at), itemOf(5)], [itemOf(at)], [itemOf(at)]];
	const watched = lists.map(list => observe(executors, build, list));
	for (const [index, [first]] of lists.entries()) await watched[index]?.began(first ?? itemOf(0));
	for (const pid of executorsOf()) process.kill(pid, 'SIGKILL');
	const outcomes = (await Promise.all(watched.map(({settled}) => settled))).flat();
	t.deepEqual(
		outcomes.map(({result}) => String(result)),
		[`${at}`, '5', `${at}`, `${at}`],
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
		const [build, bigint] = [await alarm(), await fixture('bigint', {policy: {cpuMs: 100}})];
		const neighbour = itemOf(soon());
		const watched = observe(executors, build, [neighbour]);
		await watched.began(neighbour);
		const [stuck] = await outcomesOf(executors, bigint, [itemOf(1)]);
		t.is(stuck?.failure?.code, 'CPU_LIMIT');
		t.is(stuck?.usage?.hostCalls, null, 'who knew it is dead');
		const [outcome] = await watched.settled;
		t.is(outcome?.failure, undefined);
		t.is(outcome?.usage?.executor[0], 'e', 'a bystander is no suspect');
		t.is(watched.starts.length, 2);
	},
);

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
	const pid = executorOf();
	if (process.platform === 'linux') t.is(await readFile(`/proc/${pid}/environ`, 'utf8'), '');
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.kill(pid, signal);
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
