import test from 'ava';
import {world} from './shell.ts';

test('a pool is scaled, and is told how it is then', async t => {
	const {run} = await world(t);
	const scaled = await run(['scale', '--workers', '3']);
	t.is(scaled.code, 0, scaled.err);
	t.regex(scaled.err, /^warren: The rule of pool default \(\d+ to \d+ workers\) goes on, /);
	t.regex(scaled.out, /^Pool default: 3 of 3 workers\n\nSUPERVISOR .*\nhere-s1 +running +default +3 of 3/s);
	const json = JSON.parse((await run(['scale', '--json'])).out) as object;
	t.like(json, {pool: 'default', workers: 3, running: 3, done: true});
});

test('a pool without a supervisor is named as such, and the number is kept', async t => {
	const {run} = await world(t);
	const scaled = await run(['scale', '--pool', 'gpu', '--workers', '2']);
	t.is(scaled.code, 6);
	t.regex(
		scaled.err,
		/No supervisor of pool gpu is heard of: the number is kept.*\n.*its broker in its own process/,
	);
	t.is((await run(['scale', '--pool', 'gpu', '--workers', '2', '--no-wait'])).code, 0);
	t.regex((await run(['scale', '--pool', 'gpu'])).out, /^Pool gpu: 0 of 2 workers/);
	const none = await run(['scale', '--pool', 'gpu', '--workers', '0']);
	t.is(none.code, 0);
	t.notRegex(none.err, /rule/, 'it has none');
});

test('a number of workers that is none is refused by its option', async t => {
	const {run} = await world(t);
	for (const command of [['scale'], ['supervise']]) {
		const ran = await run([...command, '--workers', 'many'], {bare: command[0] === 'supervise'});
		t.is(ran.code, 1);
		t.regex(ran.err, /Expected --workers to be a whole number from 0 to 10000, got `many`/);
	}
});

test('a supervisor is started with the settings of its workers', async t => {
	const {run, started} = await world(t);
	const flags = ['--pool', 'gpu', '--broker', 'amqp://b', '--set', 'worker.slots=8'];
	t.is((await run(['supervise', '--workers', '4', ...flags], {bare: true})).code, 0);
	t.deepEqual(started, [['supervise', {pool: 'gpu', broker: 'amqp://b', 'worker.slots': '8'}]]);
});

test('a worker is drained, and one that is not heard of is refused', async t => {
	const {run} = await world(t);
	const told = await run(['drain', 'w1', '--no-wait']);
	t.is(told.out, 'w1 is told to drain');
	const late = await run(['drain', 'w1', '--timeout', '10ms']);
	t.is(late.code, 6, 'the worker of this node never goes');
	t.regex(late.out, /w1 is idle, 0 of its attempts run; it goes on draining/);
	const none = await run(['drain', 'w9']);
	t.is(none.code, 4);
	t.regex(none.err, /No worker w9 is heard of/);
});

test('the workers of a pool are replaced', async t => {
	const {run} = await world(t);
	const done = await run(['workers', 'restart', '--most-at-once', '2']);
	t.is(done.code, 0, done.err);
	t.regex(done.out, /^The workers of pool default are replaced\n/);
	const none = await run(['workers', 'restart', '--pool', 'gpu']);
	t.is(none.code, 4);
	t.regex(none.err, /No supervisor of pool gpu/);
});

test('supervisors are listed, and workers with who keeps them', async t => {
	const {run} = await world(t);
	t.regex((await run(['supervisors'])).out, /here-s1 +running +default +1 of 1 +0 +0\.1\.0/);
	t.regex((await run(['workers'])).out, /VERSION +HOST +KEPT BY\nw1 .* 0\.1\.0 +here \(1\)/);
	t.like(JSON.parse((await run(['supervisors', '--json'])).out), {supervisors: [{id: 'here-s1'}]});
});
