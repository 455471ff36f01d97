// How what waits in the store comes into the broker.
import test from 'ava';
import type {Store} from '#store/store.ts';
import {must, world} from './world.ts';

test('what waits is read once on its way into the broker', async t => {
	const {server, worker, until} = await world(t);
	const node = await server({window: 4});
	await node.deploy('fib');
	for (let n = 0; n < 20; n++) await node.submit('fib', n);
	const from = node.life.steps.length;
	const {runs} = await worker({act: run => run.succeed()});
	await until(runs.reach(20));
	const reads = (verb: keyof Store) =>
		node.life.steps.slice(from).filter(step => step === `before store.${verb}`).length;
	t.true(reads('backlog') > 0);
	t.is(reads('load'), 0);
	t.like(await node.api.status(), {backlog: 0, ledger: {accepted: 20}});
});

test('what is cancelled between the look at the store and the move is not placed', async t => {
	const {server, worker, until, quiet} = await world(t);
	const node = await server({window: 2});
	await node.deploy('fib');
	for (let n = 0; n < 2; n++) await node.submit('fib', n);
	const waiting = [await node.submit('fib', 2), await node.submit('fib', 3)];
	const backlog = node.store.backlog.bind(node.store);
	const seen: string[] = [];
	node.store.backlog = async query => {
		const rows = await backlog(query);
		if (seen.length === 0 && rows.length > 0) {
			seen.push(...rows.map(({id}) => id));
			t.like(must(await node.api.cancel(waiting[0]?.task ?? '')), {was: 'queued', cancelled: true});
		}
		return rows;
	};
	const {runs} = await worker({act: run => run.succeed()});
	await until(runs.reach(3));
	await quiet();
	t.true(seen.includes(waiting[0]?.task ?? ''), 'it was among those that were to be placed');
	t.deepEqual(
		runs.all.map(({input}) => input),
		[0, 1, 3],
	);
	t.like(await node.api.status(), {backlog: 0, inFlight: 0, ledger: {succeeded: 3, cancelled: 1}});
});

test('a look goes on where the last one ended, and begins at the oldest again after half a second', async t => {
	const {clock, server, worker, until} = await world(t);
	const node = await server({window: 4});
	await node.deploy('fib');
	for (let n = 0; n < 80; n++) await node.submit('fib', n);
	const backlog = node.store.backlog.bind(node.store);
	const begun: string[] = [];
	let last: string | undefined;
	node.store.backlog = async query => {
		const {after = ''} = query;
		begun.push(after === '' ? 'at the oldest' : after === last ? 'there' : `at ${after}`);
		const rows = await backlog(query);
		last = rows.at(-1)?.id;
		clock.leap(100);
		return rows;
	};
	const {runs} = await worker({act: run => run.succeed()});
	await until(runs.reach(80));
	const round = ['at the oldest', 'there', 'there', 'there', 'there'];
	t.deepEqual(begun.slice(0, 10), [...round, ...round]);
	t.deepEqual(
		runs.all.map(({input}) => input),
		Array.from({length: 80}, (_, n) => n),
	);
});

test('what is older than the last look and may be placed now is placed, whatever the time', async t => {
	const {server, worker, quiet} = await world(t);
	const node = await server({window: 4});
	for (const name of ['fib', 'late']) await node.deploy(name);
	for (let n = 0; n < 4; n++) await node.submit('fib', n);
	for (let n = 4; n < 7; n++) await node.submit('late', n);
	must(await node.api.pause('late'));
	for (let n = 7; n < 20; n++) await node.submit('fib', n);
	const backlog = node.store.backlog.bind(node.store);
	let looks = 0;
	node.store.backlog = async query => {
		looks++;
		const rows = await backlog(query);
		if (looks === 3) must(await node.api.resume('late'));
		return rows;
	};
	const {runs} = await worker({act: run => run.succeed()});
	await quiet();
	t.deepEqual(
		runs.all.map(({input}) => Number(input)).sort((a, b) => a - b),
		Array.from({length: 20}, (_, n) => n),
	);
	t.true(looks > 3);
	t.like(await node.api.status(), {backlog: 0, inFlight: 0, ledger: {succeeded: 20}});
});

test('what came back to the backlog behind the last look is placed when nothing younger is left', async t => {
	const {server, worker, quiet} = await world(t);
	const node = await server({window: 1});
	await node.deploy('fib');
	await node.submit('fib', 0);
	const oldest = await node.submit('fib', 1);
	for (let n = 2; n < 8; n++) await node.submit('fib', n);
	const backlog = node.store.backlog.bind(node.store);
	let looks = 0;
	node.store.backlog = query => backlog(looks++ === 0 ? {...query, after: oldest.task} : query);
	const {runs} = await worker({act: run => run.succeed()});
	await quiet();
	t.deepEqual(
		runs.all.map(({input}) => input),
		[0, 2, 3, 4, 5, 6, 7, 1],
	);
});
