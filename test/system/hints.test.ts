// Two whole servers on RabbitMQ and PostgreSQL that practically never look for what the other did: what one
// learns of the other it learns by hints.
import test from 'ava';
import {type Clock, systemClock} from '#lib/clock.ts';
import {createWarren, type Warren} from '#warren.ts';
import {folder} from '../acceptance/squares.ts';
import {testAmbient} from '../harness/ambient.ts';
import {sweep} from '../harness/broom.ts';
import {openGround} from '../harness/combination.ts';

const hourMs = 3_600_000;
/** Whoever looks every quarter of a second looks once an hour. */
const clock: Clock = {
	now: () => systemClock.now(),
	after: (ms, call) => systemClock.after(ms === 250 ? hourMs : ms, call),
};

test('a wait at one server ends with the commit of the other, though it does not look', async t => {
	t.timeout(60_000);
	const ground = await openGround(t, 'rabbit+postgres');
	t.teardown(() => sweep(ground.broker, 'n2'));
	const open = async (id: string, roles: readonly ('server' | 'worker')[]): Promise<Warren> => {
		const options = {roles, id, data: await folder(t), leaseMs: hourMs, ...ground, worker: {executors: 1}};
		const node = await createWarren(options, testAmbient(clock));
		t.teardown(() => node.stop());
		await node.start();
		return node;
	};
	const [one, two] = [await open('n1', ['server', 'worker']), await open('n2', ['server'])];
	// Long enough to be waited for before it ends.
	const code = 'export default () => new Promise(resolve => setTimeout(resolve, 300));';
	t.true((await one.api.deploy({name: 'nap', language: 'javascript', code})).ok);
	for (const n of [1, 2, 3]) {
		const submission = {
			function: 'nap',
			input: Buffer.from(`${n}`),
			door: 'api',
			asynchronous: true,
		} as const;
		const [taken] = await one.api.submit([submission]);
		if (!taken?.ok) return t.fail('It was not taken');
		const {task} = taken.value;
		const ended = await two.api.await(task, hourMs);
		t.like(ended, {ok: true, value: {state: 'succeeded'}});
		t.is((await two.api.result(task)).ok, true);
	}
});
