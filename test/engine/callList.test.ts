// Calls that enter a sandbox together: one after the other, each with its own limits.
import test from 'ava';
import {buildOf, callOf, engineOf, fixture, ignore, opened, resultOf, runAll} from './world.ts';

/** Of all tests here, so those that do it run by themselves. */
const heldUp = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);

/**
 * Of calls that V8 can't end, whose end is waited for here: past the limit isolated-vm puts their thread to sleep for
 * good, and this process could not even exit. Where work is done, the executor is killed by then.
 */
const endless = {wallMs: 600_000, cpuMs: 600_000};

test('each call of a list has its own limits', async t => {
	const code = 'export default ms => { const end = Date.now() + ms; while (Date.now() < end); return ms; };';
	const sandbox = await opened(engineOf(t), await buildOf(code));
	const limits = {wallMs: 3000, cpuMs: 3000};
	const outcomes = await runAll(
		sandbox,
		[1000, 1000, 1000, 1000, 60_000, 1].map(ms => callOf(ms, limits)),
	);
	t.deepEqual(outcomes.slice(0, 4).map(resultOf), [1000, 1000, 1000, 1000]);
	t.regex(outcomes[4]?.failure?.code ?? '', /TIMEOUT|CPU_LIMIT/);
	t.is(outcomes[5], undefined);
});

test.serial(
	'a call is not ended for what its predecessor took, where its host was held up meanwhile',
	async t => {
		const code =
			'export default ms => { const end = Date.now() + ms; while (Date.now() < end); return ms; };';
		const sandbox = await opened(engineOf(t), await buildOf(code));
		const outcomes: unknown[] = [];
		await sandbox.run(
			[1, 300, 2380, 1].map(ms => callOf(ms, {wallMs: 2400, cpuMs: 2400})),
			{
				...ignore,
				ended: (index, outcome) => {
					outcomes.push(outcome.failure ?? resultOf(outcome));
					if (index === 0) setImmediate(heldUp);
				},
			},
		);
		t.deepEqual(outcomes, [1, 300, 2380, 1]);
	},
);

for (const [limits, code] of [
	[{wallMs: 100}, 'TIMEOUT'],
	[{cpuMs: 100}, 'CPU_LIMIT'],
] as const)
	test.serial(
		`a call that isolated-vm ends before its host has looked is told its limit: ${code}`,
		async t => {
			const sandbox = await opened(engineOf(t), await buildOf('export default on => { while (on); };'));
			const codes: unknown[] = [];
			const over = sandbox.run([callOf(false, limits), callOf(true, limits)], {
				...ignore,
				ended: (_, {failure}) => codes.push(failure?.code),
			});
			heldUp();
			await over;
			t.deepEqual(codes, [undefined, code]);
		},
	);

test('a call that was stopped before it began is passed over', async t => {
	const code = 'export default x => new Promise(resolve => setTimeout(resolve, x, x));';
	const sandbox = await opened(engineOf(t), await buildOf(code));
	const told = new Map<number, unknown>();
	const over = sandbox.run([callOf(300), callOf(1), callOf(2)], {
		...ignore,
		ended: (index, outcome) => told.set(index, outcome.failure?.code ?? resultOf(outcome)),
	});
	sandbox.stop(1);
	await over;
	t.deepEqual(
		[...told],
		[
			[1, 'CANCELLED'],
			[0, 300],
			[2, 2],
		],
	);
	t.false(sandbox.spent);
});

test.serial('a call that V8 cannot end is stuck after a second, however often it is stopped', async t => {
	// One multiplication of some seconds, which nothing interrupts.
	const code = 'const a = 1n << (2n ** 28n); export default () => (a * a > a);';
	const sandbox = await opened(engineOf(t), await buildOf(code, {policy: {memoryMb: 512}}));
	const told: string[] = [];
	const over = sandbox.run([callOf(0, endless)], {
		stuck: (index, {code: why}) => told.push(`${index} is stuck: ${why}`),
		ended: (index, {failure}) => told.push(`${index} ended: ${failure?.code}`),
	});
	const stopping = setInterval(() => sandbox.stop(0), 100);
	await over.finally(() => clearInterval(stopping));
	t.deepEqual(told, ['0 is stuck: CANCELLED', '0 ended: CANCELLED']);
});

test.serial('what a call has left behind and V8 can not end is said to be nobody of its list', async t => {
	const sandbox = await opened(engineOf(t), await fixture('leftoverBigint', {policy: {memoryMb: 512}}));
	const told: string[] = [];
	await sandbox.run(
		[true, false, false].map(leaves => callOf(leaves, endless)),
		{
			stuck: (index, {code: why}) => told.push(`${index} is stuck: ${why}`),
			ended: (index, outcome) => told.push(`${index} ended: ${String(resultOf(outcome))}`),
		},
	);
	t.deepEqual(told, ['0 ended: true', '-1 is stuck: CPU_LIMIT']);
	t.true(sandbox.spent);
});
