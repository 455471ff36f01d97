// The shape of a schema: how it comes about, who may use it, and that statements find their rows by it.
import {setImmediate as turn} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import pg from 'pg';
import pino from 'pino';
import type {Migration} from '#store/ledger.ts';
import {parseAddress} from '#store/postgres/address.ts';
import type {Statement} from '#store/postgres/database.ts';
import {lastDeaths} from '#store/postgres/deaths.ts';
import {openIds} from '#store/postgres/list.ts';
import {migrate} from '#store/postgres/migrate.ts';
import {inputsOf, owingOf} from '#store/postgres/read.ts';
import {migrations} from '#store/postgres/schema.ts';
import {createSessions} from '#store/postgres/session.ts';
import {commitStatements} from '#store/postgres/statement.ts';
import {openPostgres} from '#store/postgres/store.ts';
import {inBroker, untimed, waiting} from '#store/postgres/strayed.ts';
import {StoreTrouble} from '#store/store.ts';
import {createFakeClock} from '../harness/clock.ts';
import {ask, partsOf, schema} from '../harness/postgres.ts';
import {ambient, birth, enter} from './world.ts';

const first = {name: 'first', sql: 'create table one(n int)'};
const second = {name: 'second', sql: 'create table two(n int)'};
const broken = {name: 'third', sql: 'create table three(n int); create tabel'};

/** Brings a schema to a shape; says how many steps that took. */
function shape(url: string, steps: readonly Migration[]): Promise<number> {
	const address = parseAddress(url);
	return migrate(ambient(), address, createSessions(address, 5000, 5000), steps);
}

const tablesOf = async (url: string) => {
	const {server, schema: name} = partsOf(url);
	const rows = await ask<{name: string}>(
		server,
		`select tablename as name from pg_tables where schemaname = '${name}' order by 1`,
	);
	return rows.map(row => row.name);
};

test('four nodes start on an empty database at once: each step is taken once', async t => {
	const url = await schema(t);
	const stores = await Promise.all([1, 2, 3, 4].map(() => openPostgres(ambient(), {url})));
	t.teardown(() => Promise.all(stores.map(store => store.close())));
	for (const [i, store] of stores.entries()) await (await enter(store, `n${i}`)).commit(birth(`t${i}`));
	t.is((await stores[0]?.list({limit: 9}))?.length, 4);
	t.is(await shape(url, migrations), 0);
});

test('an older schema is brought up, each step once; one that fails leaves nothing', async t => {
	const url = await schema(t);
	t.is(await shape(url, [first]), 1);
	t.is(await shape(url, [first, second]), 1);
	t.is(await shape(url, [first, second]), 0);
	await t.throwsAsync(shape(url, [first, second, broken]));
	t.deepEqual(await tablesOf(url), ['migrations', 'one', 'two']);
});

test('a migration waits for a table that others hold, and meanwhile keeps nobody from writing to it', async t => {
	const url = await schema(t);
	await shape(url, [first]);
	const {server, schema: name} = partsOf(url);
	const rows = () => ask(server, `select * from ${name}.one`);
	const said = Promise.withResolvers<void>();
	const log = pino({level: 'warn'}, {write: () => said.resolve()});
	const clock = createFakeClock();
	await session(t, url, async holder => {
		await holder.query('begin; lock table one in access share mode');
		const address = parseAddress(url);
		const steps = [first, {name: 'second', sql: 'alter table one add column m int'}];
		const sessions = createSessions(address, 5000, 5000);
		const migrated = migrate({...ambient(), clock, log}, address, sessions, steps, 50);
		await said.promise;
		await ask(server, `insert into ${name}.one values(1)`);
		t.deepEqual(await rows(), [{n: 1}]);

		await holder.query('commit');
		let isOver = false;
		const over = migrated.finally(() => {
			isOver = true;
		});
		while (!isOver) {
			clock.advance(1000);
			await turn();
		}
		t.is(await over, 1);
		t.deepEqual(await rows(), [{n: 1, m: null}]);
	});
});

test('a schema of a newer Warren, and one whose steps were others, are refused by name and not touched', async t => {
	const url = await schema(t);
	await shape(url, [...migrations, {name: 'teleportation', sql: 'create table beams(n int)'}]);
	const refused = {instanceOf: StoreTrouble};
	await t.throwsAsync(openPostgres(ambient(), {url}), {
		...refused,
		message: /newer Warren: it has migration \d+ \(teleportation\)/,
	});
	const changed = [{...(migrations[0] ?? first), sql: 'create table one(n int)'}];
	await t.throwsAsync(shape(url, changed), {...refused, message: /migration 1 .* differs/});
	t.true((await tablesOf(url)).includes('beams'));
});

test('every session waits for the disk, and a server that does not is named at the start', async t => {
	const url = await schema(t);
	const lines: {msg: string; fsync?: string}[] = [];
	const log = pino({level: 'warn'}, {write: (line: string) => void lines.push(JSON.parse(line))});
	await session(t, url, async client => {
		const {rows} = await client.query('show synchronous_commit');
		t.is(rows[0].synchronous_commit, 'on');
		const {rows: isolation} = await client.query('show transaction_isolation');
		t.is(isolation[0].transaction_isolation, 'read committed');
	});
	const store = await openPostgres({...ambient(), log}, {url});
	await store.close();
	const [server] = await ask<{fsync: string}>(partsOf(url).server, 'show fsync');
	t.is(lines.length, server?.fsync === 'on' ? 0 : 1);
});

test('statements find their rows by index, whatever the tables look like when they are planned', async t => {
	const url = await schema(t);
	await shape(url, migrations);
	await session(t, url, async client => {
		for (const statement of commitStatements) {
			const commit = await planOf(client, statement);
			t.notRegex(commit, /Seq Scan|Hash Join|Merge Join/, statement.name);
			if (statement.groups.includes('tidies'))
				t.regex(commit, /LockRows\n.*Index Scan using tasks_pkey on tasks\n.*Index Cond: \(id = /);
			if (!statement.groups.includes('moves')) continue;
			// One after the other as they were sent, which is the order in which their rows are locked.
			const update =
				/Update on tasks.*\n(?:(?! +CTE ).*\n)*? +-> {2}Nested Loop\n +-> {2}Function Scan on sent.*\n/;
			const byId = / +-> {2}Index Scan using tasks_pkey on tasks.*\n +Index Cond: \(id = /;
			t.regex(commit, new RegExp(update.source + byId.source), statement.name);
		}
		const owing = await planOf(client, owingOf);
		t.regex(owing, /using tasks_settled on tasks/);
		t.regex(owing, /using tasks_open on tasks\n.*Index Cond: .*placed = true/);
		t.notRegex(owing, /tasks_pkey|Seq Scan/);
		t.regex(await planOf(client, inputsOf), /Nested Loop\n.*Function Scan on unnest.*\n.*using inputs_pkey/);
		t.regex(await planOf(client, openIds), /using tasks_open on tasks/);
		for (const name of ['retry', 'expire', 'deadline'])
			t.regex(await planOf(client, {...untimed, name}), new RegExp(`using tasks_${name} on tasks`));
		t.regex(await planOf(client, inBroker), /using tasks_open on tasks\n.*Index Cond: .*placed = true/);
		t.notRegex(await planOf(client, waiting), /using (?!tasks_waiting)\w+ on tasks|Seq Scan on tasks/);
		t.regex(
			await planOf(client, lastDeaths),
			/Index Scan Backward using tasks_deadly on tasks\n.*Index Cond: .*>=/,
		);
	});
});

test('a home that is forgotten leaves no counts of its own behind', async t => {
	const url = await schema(t);
	const store = await openPostgres(ambient(), {url});
	t.teardown(() => store.close());
	const {commit, acted, home} = await enter(store, 'n1');
	await commit(birth('t1', {state: 'succeeded'}));
	await acted(1);
	await store.renew({home: 'n1', epoch: home.epoch, actedThrough: 1, leaseMs: 0});
	t.true(await store.forget('n1'));
	const {server, schema: name} = partsOf(url);
	t.deepEqual(await ask(server, `select home, state, count::int from ${name}.counts order by state`), [
		{home: '', state: 'accepted', count: 1},
		{home: '', state: 'succeeded', count: 1},
	]);
});

async function planOf(client: pg.Client, {name, text}: Statement): Promise<string> {
	await client.query(`prepare ${name} as ${text}`);
	const count = Math.max(...[...text.matchAll(/\$(\d+)/g)].map(match => Number(match[1])));
	const {rows} = await client.query(
		`explain (costs off) execute ${name}(${Array(count).fill('null').join()})`,
	);
	return rows.map(row => row['QUERY PLAN']).join('\n');
}

async function session(
	t: ExecutionContext,
	url: string,
	work: (client: pg.Client) => Promise<void>,
): Promise<void> {
	const {config, begin} = createSessions(parseAddress(url), 5000, 5000);
	const client = new pg.Client(config);
	t.teardown(() => client.end());
	await client.connect();
	await begin(client);
	await work(client);
}
