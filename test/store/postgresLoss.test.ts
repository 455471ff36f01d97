// Connections and servers that are lost in the middle of things. A commit whose answer is lost rejects,
// whether it was made or not; what resolved is there.
import test, {type ExecutionContext} from 'ava';
import {openPostgres} from '#store/postgres/store.ts';
import {type Store, StoreTrouble} from '#store/store.ts';
import {ask, found, ownPostgres, partsOf, postgresProxy, schema} from '../harness/postgres.ts';
import {ambient, birth, enter, move} from './world.ts';

const unavailable = {instanceOf: StoreTrouble};

async function opened(t: ExecutionContext, url: string, limits = {}): Promise<Store> {
	const store = await openPostgres(ambient(), {url, ...limits});
	t.teardown(() => store.close());
	return store;
}

test('a commit whose connection is ended while it waits rejects, leaves nothing, and the next one works', async t => {
	const url = await schema(t);
	const {server, schema: name} = partsOf(url);
	const {commit, row} = await enter(await opened(t, url), 'n1');
	await commit(birth('t1'));
	const held = await enter(await opened(t, `${url}&application_name=${name}`), 'n2');
	// Locks the row until it is ended itself.
	const locking = ask(server, `begin; select from ${name}.tasks for update; select pg_sleep(600)`);
	const sleeping = `from pg_stat_activity where query like '%${name}.tasks for update%' and wait_event = 'PgSleep'`;
	await found(server, `select ${sleeping}`);

	const refused = t.throwsAsync(held.commit(move('t1', 1, {state: 'dead'}), birth('t2')), {
		...unavailable,
		message: /shutting down or ended this connection|lost its connection/,
	});
	const waiting = `from pg_stat_activity where wait_event_type = 'Lock' and application_name = '${name}'`;
	await found(server, `select ${waiting}`);
	await ask(server, `select pg_terminate_backend(pid) ${waiting}`);

	t.is((await refused)?.failure.code, 'UNAVAILABLE');
	await Promise.all([t.throwsAsync(locking), ask(server, `select pg_terminate_backend(pid) ${sleeping}`)]);
	t.like(await row('t1'), {revision: 1, state: 'queued'});
	t.is(await row('t2'), undefined);
	t.deepEqual((await held.commit(move('t1', 1, {state: 'dead'}), birth('t2'))).fates, ['done', 'done']);
});

test('a commit whose answer is lost rejects, though it was made; it can be read who was right', async t => {
	const url = await schema(t);
	const {server, schema: name} = partsOf(url);
	const proxy = await postgresProxy(server);
	t.teardown(() => proxy.close());
	const {commit, row} = await enter(await opened(t, proxy.through(url)), 'n1');
	await commit(birth('t1'));
	proxy.deafen();
	const lost = t.throwsAsync(commit(move('t1', 1, {state: 'dead'})), {
		...unavailable,
		message: /lost its connection/,
	});
	await found(server, `select from ${name}.tasks where revision = 2`);
	proxy.cut();
	await lost;
	t.like(await row('t1'), {revision: 2, state: 'dead'});
	t.deepEqual((await commit(move('t1', 1, {state: 'cancelled'}))).fates, ['conflict']);
});

test('a commit that the server still works on, its connection lost, is waited for by the next one of its home', async t => {
	const url = await schema(t);
	const {server, schema: name} = partsOf(url);
	const proxy = await postgresProxy(server);
	t.teardown(() => proxy.close());
	const through = proxy.through(`${url}&application_name=${name}`);
	const {store, commit, row} = await enter(await opened(t, through), 'n1');
	await commit(birth('t1'));
	const locking = ask(server, `begin; select from ${name}.tasks for update; select pg_sleep(600)`);
	const sleeping = `from pg_stat_activity where query like '%${name}.tasks for update%' and wait_event = 'PgSleep'`;
	await found(server, `select ${sleeping}`);
	const waiting = (count: number) =>
		`select from pg_stat_activity where wait_event_type = 'Lock' and application_name = '${name}'
		having count(*) >= ${count}`;
	const changes = () => [move('t1', 1, {state: 'dead'}), birth('t2')];
	const lost = t.throwsAsync(commit(...changes()), unavailable);
	await found(server, waiting(1));
	proxy.cut();
	await lost;

	const again = commit(...changes());
	await found(server, waiting(2));
	await Promise.all([t.throwsAsync(locking), ask(server, `select pg_terminate_backend(pid) ${sleeping}`)]);

	// Whichever of the two it was: once, and as a whole.
	const {fates, seq} = await again;
	t.like(await row('t1'), {revision: 2, state: 'dead'});
	const isSecond = (await row('t1'))?.seq === seq;
	t.deepEqual(fates, isSecond ? ['done', 'done'] : ['conflict', 'exists']);
	t.is((await store.ledger()).births, 2);
});

test('a server that says nothing any more is waited for no longer than was said', async t => {
	const url = await schema(t);
	const proxy = await postgresProxy(partsOf(url).server);
	t.teardown(() => proxy.close());
	const limits = {connectMs: 5000, statementMs: 2000};
	const {store, commit} = await enter(await opened(t, proxy.through(url), limits), 'n1');
	await commit(birth('t1'));
	proxy.freeze();
	await t.throwsAsync(commit(birth('t2')), {...unavailable, message: /did not answer in time/});
	proxy.thaw();
	await t.notThrowsAsync(store.load(['t1']));
	proxy.refuse();
	await t.throwsAsync(store.load(['t1']), unavailable);
	proxy.admit();
	t.is((await store.load(['t1'])).size, 1);
});

test('a statement that waits too long for a lock is given up without effect', async t => {
	const url = await schema(t);
	const {server, schema: name} = partsOf(url);
	const {commit, row} = await enter(await opened(t, url, {statementMs: 3000}), 'n1');
	await commit(birth('t1'));
	const locking = ask(server, `begin; select from ${name}.tasks for update; select pg_sleep(600)`);
	const sleeping = `from pg_stat_activity where query like '%${name}.tasks for update%' and wait_event = 'PgSleep'`;
	await found(server, `select ${sleeping}`);
	await t.throwsAsync(commit(move('t1', 1)), {...unavailable, message: /did not answer in time.*locks/});
	await Promise.all([t.throwsAsync(locking), ask(server, `select pg_terminate_backend(pid) ${sleeping}`)]);
	t.like(await row('t1'), {revision: 1});
	t.deepEqual((await commit(move('t1', 1))).fates, ['done']);
});

test('kill -9 of the server: what resolved is there, and the same store goes on', async t => {
	t.timeout(120_000);
	const server = await ownPostgres('kill -9 of the database server loses no commit');
	t.teardown(() => server.stop());
	const {store, commit} = await enter(await opened(t, await schema(t, server.url)), 'n1');
	let told = 0;
	const committing = (async () => {
		for (;;) {
			await commit(birth(`t${told + 1}`));
			told += 1;
		}
	})();
	const stopped = t.throwsAsync(committing, unavailable);
	while (told < 50) await new Promise(setImmediate);
	await server.kill();
	await stopped;
	await t.throwsAsync(store.load(['t1']), unavailable);

	await server.start();
	const ids = Array.from({length: told + 1}, (_, i) => `t${i + 1}`);
	const rows = await store.load(ids);
	t.true(rows.size === told || rows.size === told + 1, `told ${told}, found ${rows.size}`);
	t.deepEqual([...rows.keys()], ids.slice(0, rows.size));
	t.is((await store.inputs(ids)).size, rows.size);
	t.deepEqual((await commit(birth('after'))).fates, ['done']);
});
