// Every way in which an executor ends, with real processes, alone and among neighbours: who was alone
// inside is charged with what it was; of several nobody is; who only waited is never.
import test, {type ExecutionContext} from 'ava';
import {systemClock} from '#lib/clock.ts';
import type {ExecutorsOptions} from '#worker/executorOptions.ts';
import {buildOf, fixture} from '../engine/world.ts';
import {type TestAmbient, testAmbient} from '../harness/ambient.ts';
import {alarm, itemOf, observe, outcomesOf, patient, pool, soon} from './pool.ts';
import {executorsOf} from './processes.ts';

/** Lets an executor do something to itself when it gets SIGUSR2. */
const onSignal = (act: string) => [
	`--import=data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${act} });`)}`,
];

type Fault = {
	readonly code: 'CRASHED' | 'MEMORY_LIMIT';
	readonly how: RegExp;
	readonly signal: NodeJS.Signals;
	readonly nodeFlags?: readonly string[];
	/** The supervisor's clock runs so much faster, so that its patience is over sooner. */
	readonly haste?: number;
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
	'is stopped': {code: 'CRASHED', how: /^SIGKILL$/, signal: 'SIGSTOP', haste: 10},
};

function faulty(
	t: ExecutionContext,
	{nodeFlags = [], haste = 1}: Fault,
	options: Partial<ExecutorsOptions> = {},
) {
	const after = (ms: number, call: () => void) => systemClock.after(ms / haste, call);
	const ambient: TestAmbient = testAmbient({...systemClock, after});
	return pool(t, {nodeFlags, ...options}, ambient);
}

const strike = (signal: NodeJS.Signals) => process.kill(executorsOf()[0] ?? 0, signal);

for (const [what, fault] of Object.entries(faults)) {
	test.serial(`an executor that ${what} costs who was alone inside, and nobody who waits`, async t => {
		const executors = await faulty(t, fault, {slotsEach: 1});
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
		const executors = await faulty(t, fault);
		const at = soon();
		const [one, other] = [itemOf(at), itemOf(at)];
		const build = await alarm();
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

test.serial('a suspect whose quarantine is killed with it is charged, and the next one is not', async t => {
	const executors = await pool(t);
	const patientBuild = await fixture('neverResolves', patient);
	const [first, second] = [itemOf(1), itemOf(2)];
	const watched = [first, second].map(item => observe(executors, patientBuild, [item]));
	await Promise.all([watched[0]?.began(first), watched[1]?.began(second)]);
	strike('SIGKILL');
	// The same item begins a second time, in quarantine.
	while (watched[0]?.starts.length !== 2) await new Promise(resolve => setImmediate(resolve));
	process.kill(executorsOf(process.pid, 'q')[0] ?? 0, 'SIGKILL');
	const [outcome] = (await watched[0]?.settled) ?? [];
	t.like(outcome, {failure: {code: 'CRASHED'}});
	t.regex(outcome?.usage?.executor ?? '', /^q\d+$/);
	t.true(executors.stop(second.task, 1));
	t.like((await watched[1]?.settled)?.[0], {failure: {code: 'CANCELLED'}});
});
