import test from 'ava';
import {shell} from '../cli/shell.ts';
import {load, nothingLostOrTwice, sleep} from './load.ts';
import {gone, pidsOf, place, scaled} from './supervisors.ts';

test('workers are replaced under load, one after the other, and nothing is lost or run twice', async t => {
	const {client, warren, supervise} = await place(t);
	supervise(2);
	await client.deploy({name: 'sleep', language: 'javascript', code: sleep});
	const before = await scaled(client, ({running}) => running === 2);
	const finish = load(client);
	const {run} = shell(t, warren.url);
	const restart = await run(['workers', 'restart', '--json']);
	t.is(restart.code, 0, restart.err);
	t.like(JSON.parse(restart.out), {done: true});
	const after = await scaled(client, ({done}) => done);
	t.like(after, {running: 2, supervisors: [{restarts: 0, restart: {left: 0}}]});
	for (const pid of pidsOf(before)) t.false(pidsOf(after).includes(pid));
	await nothingLostOrTwice(t, warren, await finish());
});

test('a pool is scaled over two supervisors, up and down, and a drained worker is replaced', async t => {
	const {client, warren, supervise} = await place(t);
	const {run} = shell(t, warren.url);
	const [one, two] = [supervise(1), supervise(1)];
	await client.deploy({name: 'sleep', language: 'javascript', code: sleep});
	await scaled(client, ({supervisors}) => supervisors.length === 2);
	const none = await run(['scale', '--pool', 'gpu', '--workers', '1']);
	t.is(none.code, 6);
	t.regex(none.err, /No supervisor of pool gpu is heard of.*\n +warren supervise --pool gpu --broker URL/);
	const up = await run(['scale', '--workers', '3', '--json']);
	t.is(up.code, 0, up.err);
	const now = await scaled(client, ({done}) => done);
	t.like(now, {workers: 3, running: 3});
	t.true(now.supervisors.every(({running}) => running >= 1));

	const finish = load(client);
	const [first] = now.supervisors.flatMap(({workers}) => workers);
	const drained = await run(['drain', first?.worker ?? '']);
	t.is(drained.code, 0, drained.err);
	await gone(first?.pid ?? 0);
	await scaled(client, view => view.done && !pidsOf(view).includes(first?.pid ?? 0));

	const down = await run(['scale', '--workers', '1']);
	t.is(down.code, 0, down.err);
	await nothingLostOrTwice(t, warren, await finish());
	two.kill('SIGTERM');
	t.is((await two.ended).code, 0);
	await scaled(client, view => view.done && view.running === 1 && view.supervisors.length === 1);
	one.kill('SIGTERM');
	t.is((await one.ended).code, 0);
});
