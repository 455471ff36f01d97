// Every way in which an executor ends, with real processes, alone and among neighbours: who was alone
// inside is charged with what it was; of several nobody is; who only waited is never.
import test from 'ava';
import {buildOf, fixture} from '../engine/world.ts';
import {alarm, itemOf, observe, outcomesOf, patient, pool, soon} from './pool.ts';
import {executorOf} from './processes.ts';

/** Lets an executor do something to itself when it gets SIGUSR2. */
const onSignal = (act: string) => [
	`--import=data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${act} });`)}`,
];

type Fault = {
	readonly code: 'CRASHED' | 'MEMORY_LIMIT';
	readonly how: RegExp;
	readonly signal: NodeJS.Signals;
	readonly nodeFlags?: readonly string[];
};

const faults: Readonly<Record<string, Fault>> = {
	'is killed': {code: 'CRASHED', how: /^SIGKILL$/, signal: 'SIGKILL'},
	'touches memory that is not its own': {code: 'CRASHED', how: /^SIGSEGV$/, signal: 'SIGSEGV'},
	'runs into a bad page': {code: 'CRASHED', how: /^SIGBUS$/, signal: 'SIGBUS'},
	aborts: {code: 'CRASHED', how: /^SIGABRT$/, signal: 'SIGUSR2', nodeFlags: onSignal('process.abort();')},
	'ends by itself': {
		code: 'CRASHED',
		// The threads of its isolates run on while it ends, and may touch what is gone already.
		how: /^(code 7|SIGSEGV)$/,
		signal: 'SIGUSR2',
		nodeFlags: onSignal('process.reallyExit(7);'),
	},
	'has no heap left': {
		code: 'MEMORY_LIMIT',
		how: /^SIGABRT$/,
		signal: 'SIGUSR2',
		nodeFlags: [
			'--max-old-space-size=64',
			...onSignal('const all = []; for (;;) all.push(new Array(1e5).fill(0));'),
		],
	},
	'is stopped': {code: 'CRASHED', how: /^SIGKILL$/, signal: 'SIGSTOP'},
};

const strike = (signal: NodeJS.Signals) => process.kill(executorOf(), signal);

for (const [what, fault] of Object.entries(faults)) {
	test.serial(`an executor that ${what} costs who was alone inside, and nobody who waits`, async t => {
		const executors = await pool(t, {nodeFlags: fault.nodeFlags ?? [], slotsEach: 1});
		const item = itemOf(1);
		const inside = observe(executors, await fixture('neverResolves', patient), [item]);
		await inside.began(item);
		const waiting = observe(executors, await buildOf('export default input => input;'), [
			itemOf(2),
			itemOf(3),
		]);
		strike(fault.signal);
		const [charged] = await inside.settled;
		t.is(charged?.failure?.code, fault.code);
		t.regex(String(charged?.failure?.details?.how), fault.how);
		t.like(charged?.usage, {executor: 'e1'});
		const others = await waiting.settled;
		t.deepEqual(
			others.map(({result}) => String(result)),
			['2', '3'],
		);
		t.deepEqual(
			others.map(({usage}) => usage?.executor),
			['e2', 'e2'],
			'who waited is no suspect',
		);
		t.is(waiting.starts.length, 2);
	});

	test.serial(`an executor that ${what} with several inside costs none of them`, async t => {
		const executors = await pool(t, {nodeFlags: fault.nodeFlags ?? []});
		const build = await alarm();
		const at = soon();
		const [one, other] = [itemOf(at), itemOf(at)];
		const watched = [one, other].map(item => observe(executors, build, [item]));
		await Promise.all([watched[0]?.began(one), watched[1]?.began(other)]);
		strike(fault.signal);
		const outcomes = (await Promise.all(watched.map(({settled}) => settled))).flat();
		t.deepEqual(
			outcomes.map(({result}) => String(result)),
			[`${at}`, `${at}`],
		);
		t.true(
			outcomes.every(({usage}) => /^q\d+$/.test(usage?.executor ?? '')),
			'each ran again, alone',
		);
	});
}

test.serial('who grows over the limit of memory alone is charged at once', async t => {
	const executors = await pool(t, {hardRssMb: 450});
	const hog = await fixture('joinBomb', {policy: {...patient.policy, memoryMb: 4096}});
	const [outcome] = await outcomesOf(executors, hog, [itemOf(1)]);
	t.like(outcome, {failure: {code: 'MEMORY_LIMIT', details: {how: 'SIGKILL'}}, usage: {executor: 'e1'}});
	t.is(executors.report().restarts, 1);
});

test.serial('who can be ended by nothing inside is charged with the limit that it passed', async t => {
	const executors = await pool(t);
	const stuck = await fixture('bigint', {policy: {...patient.policy, wallMs: 100}});
	const [outcome] = await outcomesOf(executors, stuck, [itemOf(1)]);
	t.like(outcome, {failure: {code: 'TIMEOUT'}, usage: {executor: 'e1'}});
	t.is(executors.report().restarts, 1);
});

const leaver = () => fixture('leftoverBigint', {policy: {...patient.policy, memoryMb: 512}});

test.serial(
	'what a call has left behind is charged to none of its list, of which none had begun',
	async t => {
		const executors = await pool(t);
		const neighbour = itemOf(soon());
		const beside = observe(executors, await alarm(), [neighbour]);
		await beside.began(neighbour);
		const items = [true, false, false, false].map(leaves => itemOf(leaves));
		const outcomes = await outcomesOf(executors, await leaver(), items);
		t.deepEqual(
			outcomes.map(({failure, result, usage}) => failure ?? `${String(result)} in ${usage?.executor}`),
			['true in e1', 'false in e2', 'false in e2', 'false in e2'],
		);
		t.deepEqual(
			outcomes.map(({deaths = 0}) => deaths),
			[0, 0, 0, 1],
			'its version has cost an executor',
		);
		t.like((await beside.settled)[0], {failure: undefined, usage: {executor: 'e2'}});
		t.is(executors.report().restarts, 1);
	},
);

test.serial(
	'what the last call of a list has left behind is not charged to who is alone beside it',
	async t => {
		const executors = await pool(t);
		const neighbour = itemOf(soon());
		const beside = observe(executors, await alarm(), [neighbour]);
		await beside.began(neighbour);
		const [outcome] = await outcomesOf(executors, await leaver(), [itemOf(true)]);
		t.is(String(outcome?.result), 'true');
		t.like((await beside.settled)[0], {failure: undefined, usage: {executor: 'e2'}});
		t.is(executors.report().restarts, 1);
	},
);

test.serial('who was stopped in an executor that died of something else is not run again', async t => {
	const executors = await pool(t);
	const [forever, build] = [await fixture('neverResolves', patient), await alarm()];
	const [stopped, other] = [itemOf(1), itemOf(soon())];
	const [one, two] = [observe(executors, forever, [stopped]), observe(executors, build, [other])];
	await Promise.all([one.began(stopped), two.began(other)]);
	// It will never read what it is told.
	strike('SIGSTOP');
	t.true(executors.stop(stopped.task, stopped.attempt));
	strike('SIGKILL');
	t.like((await one.settled)[0], {failure: {code: 'CANCELLED'}, usage: {executor: 'e1', hostCalls: null}});
	t.is(one.starts.length, 1);
	t.is((await two.settled)[0]?.failure, undefined);
	t.is(two.starts.length, 2);
});

test.serial('a suspect whose quarantine is killed with it is charged, and the next one is not', async t => {
	const executors = await pool(t);
	const patientBuild = await fixture('neverResolves', patient);
	const [first, second] = [itemOf(1), itemOf(2)];
	const watched = [first, second].map(item => observe(executors, patientBuild, [item]));
	await Promise.all([watched[0]?.began(first), watched[1]?.began(second)]);
	strike('SIGKILL');
	// The same item begins a second time, in quarantine.
	while (watched[0]?.starts.length !== 2) await new Promise(resolve => setImmediate(resolve));
	process.kill(executorOf('q'), 'SIGKILL');
	const [outcome] = (await watched[0]?.settled) ?? [];
	t.like(outcome, {failure: {code: 'CRASHED'}});
	t.regex(outcome?.usage?.executor ?? '', /^q\d+$/);
	t.true(executors.stop(second.task, 1));
	t.like((await watched[1]?.settled)?.[0], {failure: {code: 'CANCELLED'}});
});
