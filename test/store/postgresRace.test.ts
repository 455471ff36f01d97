// Several nodes on one database, in one process: each store has connections of its own.
import test, {type ExecutionContext} from 'ava';
import pg from 'pg';
import {openPostgres} from '#store/postgres/store.ts';
import type {Fate} from '#store/store.ts';
import {found, partsOf, schema} from '../harness/postgres.ts';
import {ambient, birth, enter, move, type World} from './world.ts';

const ids = Array.from({length: 30}, (_, i) => `t${10 + i}`);
const backwards = [...ids].reverse();

type Nodes = [World, World, ...World[]];

async function nodes(t: ExecutionContext, url: string, count: number): Promise<Nodes> {
	const stores = await Promise.all(Array.from({length: count}, () => openPostgres(ambient(), {url})));
	t.teardown(() => Promise.all(stores.map(store => store.close())));
	return (await Promise.all(stores.map((store, i) => enter(store, `n${i + 1}`)))) as Nodes;
}

/** How often each id was taken, over all commits of one round. */
function taken(orders: readonly (readonly string[])[], fates: readonly (readonly Fate[])[]): number[] {
	const done = new Map<string, number>(ids.map(id => [id, 0]));
	for (const [one, order] of orders.entries())
		for (const [at, id] of order.entries())
			if (fates[one]?.[at] === 'done') done.set(id, (done.get(id) ?? 0) + 1);
	return [...done.values()];
}

test('three nodes move the same rows in different orders: exactly one wins each, none hears of a deadlock', async t => {
	const worlds = await nodes(t, await schema(t), 3);
	await worlds[0].commit(...ids.map(id => birth(id)));
	const orders = [ids, backwards, [...ids.slice(15), ...ids.slice(0, 15)]];
	for (let revision = 1; revision <= 20; revision++) {
		const commits = worlds.map((world, i) =>
			world.commit(...(orders[i] ?? []).map(id => move(id, revision))),
		);
		const fates = (await Promise.all(commits)).map(commit => commit.fates);
		t.deepEqual(
			taken(orders, fates),
			ids.map(() => 1),
		);
	}
	const rows = await worlds[0].store.load(ids);
	t.true([...rows.values()].every(row => row.revision === 21));
	t.deepEqual(await worlds[0].store.counts(), (await worlds[0].store.recount()).rows);
});

test('two nodes bear the same keys in different orders: exactly one of each is born', async t => {
	const [one, two] = await nodes(t, await schema(t), 2);
	for (let round = 0; round < 20; round++) {
		const born = (by: string, order: readonly string[]) =>
			order.map(id => birth(`${by}-${round}-${id}`, {key: `${round} ${id}`}));
		const commits = [one.commit(...born('a', ids)), two.commit(...born('b', backwards))];
		const fates = (await Promise.all(commits)).map(commit => commit.fates);
		t.deepEqual(
			taken([ids, backwards], fates),
			ids.map(() => 1),
		);
		t.true(fates.flat().every(fate => fate === 'done' || fate === 'exists'));
	}
	t.is((await one.store.ledger()).births, 600);
});

test('moves that wait for births, births that wait for moves, and pruning do not stop each other', async t => {
	const worlds = await nodes(t, await schema(t), 2);
	await worlds[0].commit(...ids.map(id => birth(id)));
	for (let round = 1; round <= 20; round++) {
		const work = worlds.map((world, i) => {
			const order = i === 0 ? ids : backwards;
			return world.commit(
				...order.map(id => birth(`${i}-${round}-${id}`, {key: `${round} ${id}`, state: 'dead', endedAt: 1})),
				...order.map(id => move(id, round)),
			);
		});
		const [one, two] = worlds;
		await Promise.all([...work, one.store.prune({endedBefore: 2, limit: 40})]);
		for (const world of [one, two]) await world.acted(round * 2);
	}
	const store = worlds[0].store;
	t.deepEqual(await store.counts(), (await store.recount()).rows);
	const sum = (await store.counts()).reduce((total, {count}) => total + count, 0);
	t.is((await store.ledger()).births, sum);
});

test('a commit that the server undid to end a deadlock is made again, and its caller hears nothing of it', async t => {
	const url = await schema(t);
	const {server, schema: name} = partsOf(url);
	const [one] = await nodes(t, `${url}&application_name=${name}`, 2);
	await one.commit(birth('t1'), birth('t2'));
	const other = new pg.Client({connectionString: server});
	t.teardown(() => other.end());
	await other.connect();
	const lock = (id: string) => other.query(`select from ${name}.tasks where id = '${id}' for update`);
	const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and application_name = '${name}'`;
	for (let revision = 1, wasUndone = false; !wasUndone; revision++) {
		await other.query('begin');
		await lock('t2');
		const moved = one.commit(move('t1', revision), move('t2', revision));
		await found(server, waiting);
		// The circle is closed. Who has waited longer looks for it first and is undone: the commit, unless we
		// were so slow that it had looked already; then it is tried again.
		wasUndone = await lock('t1').then(
			() => true,
			() => false,
		);
		await other.query('rollback');
		t.deepEqual((await moved).fates, ['done', 'done']);
	}
});

test('a home that is opened by another node in the middle of its commits is fenced there', async t => {
	const [one, two] = await nodes(t, await schema(t), 2);
	let committed = 0;
	const committing = (async () => {
		for (;;) {
			await one.commit(birth(`t${committed}`));
			committed += 1;
		}
	})();
	const fenced = t.throwsAsync(committing, {
		message: /opened by another process \(epoch 2, this one has 1\)/,
	});
	while (committed < 5) await new Promise(setImmediate);
	const row = await two.store.open('n1');
	await fenced;
	t.is(row.seq, committed);
	t.is((await two.store.ledger()).births, committed);
});

test('a commit of a home does not wait for another of it that waits, and each has its own number', async t => {
	const url = await schema(t);
	const {server, schema: name} = partsOf(url);
	const [one] = await nodes(t, `${url}&application_name=${name}`, 1);
	await one.commit(birth('t1'), birth('t2'));
	const other = new pg.Client({connectionString: server});
	t.teardown(() => other.end());
	await other.connect();
	await other.query('begin');
	await other.query(`select from ${name}.tasks where id = 't1' for update`);

	const held = one.commit(move('t1', 1, {state: 'dead'}), birth('t3'));
	await found(
		server,
		`select from pg_stat_activity where wait_event_type = 'Lock' and application_name = '${name}'`,
	);
	const beside = await one.commit(move('t2', 1, {state: 'dead'}), birth('t4'));
	t.deepEqual(beside.fates, ['done', 'done']);
	t.is(await one.row('t3'), undefined);
	await other.query('rollback');
	const {seq, fates} = await held;

	t.deepEqual(fates, ['done', 'done']);
	t.deepEqual([seq, beside.seq], [2, 3]);
	t.is((await one.row('t1'))?.seq, 2);
	t.is((await one.row('t4'))?.seq, 3);
	t.deepEqual(await one.store.counts(), (await one.store.recount()).rows);
	t.like(await one.store.open('n1'), {seq: 3});
});

test('of two commits of a home in progress none stays when the home is opened elsewhere', async t => {
	const url = await schema(t);
	const {server, schema: name} = partsOf(url);
	const [one, two] = await nodes(t, `${url}&application_name=${name}`, 2);
	await one.commit(birth('t1'), birth('t2'));
	const other = new pg.Client({connectionString: server});
	t.teardown(() => other.end());
	await other.connect();
	await other.query('begin');
	await other.query(`select from ${name}.tasks where id in ('t1', 't2') for update`);
	const held = ['t1', 't2'].map(id => one.commit(move(id, 1, {state: 'dead'}), birth(`after ${id}`)));
	const waiting = `wait_event_type = 'Lock' and application_name = '${name}'`;
	await found(server, `select from pg_stat_activity where ${waiting} having count(*) = 2`);

	await two.store.open('n1');
	await other.query('rollback');
	const ends = await Promise.allSettled(held);

	t.deepEqual(
		ends.map(end => end.status === 'rejected' && String(end.reason).includes('opened by another process')),
		[true, true],
	);
	t.deepEqual(
		[...(await two.store.load(['t1', 't2', 'after t1', 'after t2'])).values()].map(({revision}) => revision),
		[1, 1],
	);
	t.deepEqual(await two.store.counts(), (await two.store.recount()).rows);
});

test('a home says that it lives while all of its commits wait', async t => {
	const url = await schema(t);
	const {server, schema: name} = partsOf(url);
	const [{store, home, commit}] = await nodes(t, `${url}&application_name=${name}`, 1);
	await commit(birth('t1'), birth('t2'));
	const other = new pg.Client({connectionString: server});
	t.teardown(() => other.end());
	await other.connect();
	await other.query('begin');
	await other.query(`select from ${name}.tasks where id in ('t1', 't2') for update`);
	const held = ['t1', 't2'].map(id => commit(move(id, 1, {state: 'dead'})));
	const waiting = `wait_event_type = 'Lock' and application_name = '${name}'`;
	await found(server, `select from pg_stat_activity where ${waiting} having count(*) = 2`);

	await store.renew({home: 'n1', epoch: home.epoch, actedThrough: 0, leaseMs: 3_600_000});
	t.like(await store.homes(), [{home: 'n1', live: true}]);
	await other.query('rollback');
	await Promise.all(held);
});
