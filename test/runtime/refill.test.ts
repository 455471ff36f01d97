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
