// Executors that user code took over, or that hang: the worker believes nothing and waits for nothing.
import test from 'ava';
import {systemClock} from '#lib/clock.ts';
import {encodeFrame} from '#lib/frame.ts';
import {fixture} from '../engine/world.ts';
import {testAmbient} from '../harness/ambient.ts';
import {itemOf, observe, patient, pool} from './pool.ts';
import {executorOf} from './processes.ts';

/** Makes an executor write bytes of our own into its channel when it gets a signal. */
const writing = (bytes: string) => {
	const script = `import {writeSync} from 'node:fs';
		process.on('SIGUSR2', () => writeSync(3, Buffer.from(${bytes})));`;
	return [`--import=data:text/javascript,${encodeURIComponent(script)}`];
};

const forged = (news: object) => {
	const frame = encodeFrame(news, []);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(frame.length);
	return JSON.stringify([...length, ...frame]);
};

const lies: Readonly<Record<string, readonly [bytes: string, why: RegExp]>> = {
	'a frame without end': ['[255, 255, 255, 255]', /at most \d+ bytes/],
	'bytes that are no frame': ['[0, 0, 0, 2, 1, 2]', /Expected a frame/],
	'news that does not exist': [forged({type: 'root'}), /must/],
	'the end of what it was not given': [
		forged({
			type: 'settled',
			items: [
				{
					list: 9,
					index: 0,
					failure: null,
					cold: false,
					initMs: 0,
					runMs: 0,
					cpuMs: 0,
					heapBytes: 0,
					hostCalls: 0,
				},
			],
		}),
		/was not given/,
	],
	'that it is ready again': [forged({type: 'ready'}), /ready twice/],
};

for (const [what, [bytes, why]] of Object.entries(lies)) {
	test.serial(`an executor that sends ${what} is killed`, async t => {
		const ambient = testAmbient();
		const executors = await pool(t, {nodeFlags: writing(bytes)}, ambient);
		const item = itemOf(1);
		const watched = observe(executors, await fixture('neverResolves', patient), [item]);
		await watched.began(item);
		process.kill(executorOf(), 'SIGUSR2');
		t.is((await watched.settled)[0]?.failure?.code, 'CRASHED');
		const line = ambient.lines.find(({msg}) => msg.startsWith('executor sent what no executor sends'));
		t.regex(String(line?.why), why);
		t.true(executors.report().restarts >= 1);
	});
}

for (const who of [0, 'version', 'nobody'])
	test.serial(
		`an executor that names a culprit which it can not have, ${who}, accuses and excuses nobody`,
		async t => {
			const failure = {code: 'CPU_LIMIT', message: 'it was him', retryable: false};
			const bytes = forged({type: 'stuck', list: 7, who, failure});
			const ambient = testAmbient();
			const executors = await pool(t, {nodeFlags: writing(bytes)}, ambient);
			const item = itemOf(1);
			const watched = observe(executors, await fixture('neverResolves', patient), [item]);
			await watched.began(item);
			process.kill(executorOf(), 'SIGUSR2');
			t.is((await watched.settled)[0]?.failure?.code, 'CRASHED');
			t.like(
				ambient.lines.find(({msg}) => msg === 'executor died'),
				{reason: 'stuck', culprit: null},
			);
		},
	);

test.serial('an executor that answers no more is killed, and what was inside is charged', async t => {
	// The supervisor looks five times as often, so that the test need not wait for its patience.
	const clock = {...systemClock, after: (ms: number, call: () => void) => systemClock.after(ms / 5, call)};
	const ambient = testAmbient(clock);
	const executors = await pool(t, {}, ambient);
	const item = itemOf(1);
	const watched = observe(executors, await fixture('neverResolves', patient), [item]);
	await watched.began(item);
	process.kill(executorOf(), 'SIGSTOP');
	const [outcome] = await watched.settled;
	t.is(outcome?.failure?.code, 'CRASHED');
	t.regex(outcome?.failure?.message ?? '', /stopped answering/);
	t.like(
		ambient.lines.find(({msg}) => msg === 'executor died'),
		{reason: 'silent'},
	);
});
