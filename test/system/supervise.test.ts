import test from 'ava';
import {endless, runs} from './leaving.ts';
import {load, nothingLostOrTwice, sleep} from './load.ts';
import {busy, gone, killed, pidsOf, place, scaled} from './supervisors.ts';

test('a supervisor keeps as many workers as it was given, and starts what is killed again', async t => {
	const {client, supervise} = await place(t);
	const supervisor = supervise(2);
	const first = await scaled(client, view => view.running === 2);
	t.like(first, {workers: null, done: true, others: 0});
	const [pid = 0, other] = pidsOf(first);
	process.kill(pid, 'SIGKILL');
	const second = await scaled(client, view => view.running === 2 && !pidsOf(view).includes(pid));
	t.true(pidsOf(second).includes(other ?? 0));
	t.is(second.supervisors[0]?.restarts, 1);

	supervisor.kill('SIGTERM');
	t.is((await supervisor.ended).code, 0);
	for (const one of pidsOf(second)) await gone(one);
	// Its last word may still be on its way.
	while ((await client.supervisors()).length > 0);
});

test('the workers of a supervisor that is killed under load finish what they run, and are gone', async t => {
	const {client, warren, supervise} = await place(t);
	supervise(1);
	supervise(1);
	await client.deploy({name: 'sleep', language: 'javascript', code: sleep});
	const view = await scaled(client, ({running}) => running === 2);
	const finish = load(client);
	const [keeper] = view.supervisors;
	await busy(client, keeper?.workers[0]?.worker ?? '');
	process.kill(keeper?.pid ?? 0, 'SIGKILL');
	for (const {pid} of keeper?.workers ?? []) await gone(pid);
	await nothingLostOrTwice(t, warren, await finish());
	t.is((await client.workers()).filter(({state}) => state === 'stopped').length, 1);
});

test('workers that have only begun to start do not outlive a supervisor that is killed either', async t => {
	const {client, supervise} = await place(t);
	supervise(2);
	const view = await scaled(client, now => pidsOf(now).length === 2);
	process.kill(view.supervisors[0]?.pid ?? 0, 'SIGKILL');
	for (const pid of pidsOf(view)) await gone(pid);
	t.is(view.supervisors[0]?.state, 'running');
});

test('a crash loop is seen from the server', async t => {
	const {client, supervise} = await place(t);
	supervise(1);
	let firstAt = Number.POSITIVE_INFINITY;
	const view = await scaled(client, now => {
		for (const pid of pidsOf(now)) {
			firstAt = Math.min(firstAt, Date.now());
			killed(pid);
		}
		return now.supervisors.some(({trouble}) => (trouble?.failures ?? 0) >= 3);
	});
	t.like(view, {done: false, supervisors: [{wanted: 1, trouble: {why: 'ended by SIGKILL'}}]});
	const retryAt = view.supervisors[0]?.trouble?.retryAt ?? 0;
	t.true(retryAt - firstAt >= 2000, 'it waits before it tries again');
});

test('a worker that is drained by name is replaced while it still runs what it had', async t => {
	const {client, supervise} = await place(t);
	supervise(1);
	await client.deploy({name: 'endless', language: 'javascript', code: endless});
	const [first] = (await scaled(client, ({running}) => running === 1)).supervisors[0]?.workers ?? [];
	const worker = first?.worker ?? '';
	const {task} = await client.submit('endless', null, {timeoutMs: 600_000});
	t.is(await runs(client, task), worker);

	await client.drain(worker);

	const view = await scaled(client, now => now.running === 1 && pidsOf(now).length === 2);
	t.deepEqual(
		view.supervisors[0]?.workers.map(({pid, state}) => [pid === first?.pid, state]),
		[
			[true, 'draining'],
			[false, 'ready'],
		],
	);
	t.is(await runs(client, task), worker);
	await client.cancel(task);
	await gone(first?.pid ?? 0);
	t.is((await scaled(client, now => pidsOf(now).length === 1)).supervisors[0]?.restarts, 0);
});
