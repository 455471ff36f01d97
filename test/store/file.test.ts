import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import test from 'ava';
import {openStore} from '#store/open.ts';
import {createTransact} from '#store/sqlite/database.ts';
import {migrate} from '#store/sqlite/migrate.ts';
import {migrations} from '#store/sqlite/schema.ts';
import {openSqlite} from '#store/sqlite/store.ts';
import {asTrouble} from '#store/sqlite/trouble.ts';
import {Fenced, StoreTrouble} from '#store/store.ts';
import {ambient, birth, enter, folder, move} from './world.ts';

const unavailable = {instanceOf: StoreTrouble};

test('a file that was closed holds everything when it is opened again', async t => {
	const path = join(await folder(t), 'made', 'here', 'warren.db');
	const first = await openStore(ambient(), {url: `sqlite:${path}`});
	const old = await enter(first, 'n1');
	await old.commit(birth('t1', {key: 'k'}));
	await first.close();
	await first.close();

	const second = await openStore(ambient(), {url: `sqlite://${path}`});
	t.teardown(() => second.close());
	const again = await enter(second, 'n1');
	t.like(again.home, {epoch: 2, seq: 1});
	t.like(await again.row('t1'), {key: 'k', state: 'queued'});
});

test('two processes on one file: the later epoch fences, and revisions arbitrate', async t => {
	const path = join(await folder(t), 'warren.db');
	const stores = [await openSqlite(ambient(), {path}), await openSqlite(ambient(), {path})] as const;
	t.teardown(() => Promise.all(stores.map(store => store.close())));
	const one = await enter(stores[0], 'n1');
	const two = await enter(stores[1], 'n2');
	await one.commit(birth('t1', {key: 'k'}));
	t.deepEqual((await two.commit(birth('t2', {key: 'k'}), move('t1', 1))).fates, ['exists', 'done']);
	t.deepEqual((await one.commit(move('t1', 1))).fates, ['conflict']);
	await stores[1].open('n1');
	await t.throwsAsync(one.commit(birth('t3')), {instanceOf: Fenced});
});

test('what a commit that was rolled back wrote is no longer remembered of rows', async t => {
	const path = join(await folder(t), 'warren.db');
	const stores = [await openSqlite(ambient(), {path}), await openSqlite(ambient(), {path})] as const;
	t.teardown(() => Promise.all(stores.map(store => store.close())));
	const one = await enter(stores[0], 'n1');
	const two = await enter(stores[1], 'n2');
	await one.commit(birth('t1'));
	const waiting = {state: 'retrying', placed: false} as const;
	const broken = {...birth('t2'), input: undefined as unknown as Buffer};
	await t.throwsAsync(one.commit(move('t1', 1, waiting), broken));
	await two.commit(move('t1', 1, {state: 'queued', placed: false}));
	t.deepEqual((await one.commit(move('t1', 2, waiting))).fates, ['done']);
	t.deepEqual(await stores[0].counts(), (await stores[0].recount()).rows);
});

test('a URL that names no store is refused with what was expected and what came', async t => {
	for (const url of ['mysql://x', 'sqlite:', '', 'memory:x']) {
		const error = await t.throwsAsync(openStore(ambient(), {url}), {instanceOf: TypeError});
		t.true(error.message.includes('sqlite:PATH'));
		t.true(error.message.includes(`\`${url}\``));
	}
});

test('a file of a newer Warren is refused by the name of its migration', async t => {
	const path = join(await folder(t), 'warren.db');
	const db = new DatabaseSync(path);
	const newer = [...migrations, {name: 'teleportation', sql: 'create table beams(n)'}];
	t.is(migrate(db, path, ambient().clock, newer), newer.length);
	t.is(migrate(db, path, ambient().clock, newer), 0);
	db.close();

	const error = await t.throwsAsync(openSqlite(ambient(), {path}), unavailable);
	t.regex(error.message, /newer Warren: it has migration \d+ \(teleportation\)/);
	t.true(error.message.includes(path));
	t.is(error.failure.code, 'UNAVAILABLE');
});

test('migrations are applied to an older file, each once', async t => {
	const path = join(await folder(t), 'warren.db');
	const db = new DatabaseSync(path);
	const {clock} = ambient();
	const first = {name: 'first', sql: 'create table one(n)'};
	t.is(migrate(db, path, clock, [first]), 1);
	t.is(migrate(db, path, clock, [first, {name: 'second', sql: 'create table two(n)'}]), 1);
	t.is((db.prepare('select count(*) as n from migrations').get() as {n: number}).n, 2);

	const broken = [first, {name: 'second', sql: 'create table two(n)'}, {name: 'third', sql: 'create tabel'}];
	t.throws(() =>
		migrate(db, path, clock, [...broken.slice(0, 2), {name: 'x', sql: 'create table x(n); boom'}]),
	);
	t.is(db.prepare("select 1 from sqlite_schema where name = 'x'").get(), undefined);
	db.close();
});

test('what an older file had counted is that of the one lane there was', async t => {
	const path = join(await folder(t), 'warren.db');
	const db = new DatabaseSync(path);
	const before = migrations.findIndex(({name}) => name === 'counts by lane');
	migrate(db, path, ambient().clock, migrations.slice(0, before));
	db.exec(`insert into counts(function, state, placed, count) values
		('fib', 'accepted', 0, 9), ('fib', 'queued', 0, 3), ('fib', 'queued', 1, 2), ('fib', 'dead', 0, 4)`);
	db.close();

	const store = await openSqlite(ambient(), {path});
	t.teardown(() => store.close());
	const lane = {pool: 'default', class: 'normal'} as const;
	t.deepEqual(await store.stock(), [{...lane, function: 'fib', waiting: 3, placed: 2}]);
	const {births, counts} = await store.ledger();
	t.is(births, 9);
	t.deepEqual(
		counts.map(({state, placed, count}) => [state, placed, count]),
		[
			['dead', false, 4],
			['queued', false, 3],
			['queued', true, 2],
		],
	);
});

test('a migration that was changed after its release is refused', async t => {
	const path = join(await folder(t), 'warren.db');
	const db = new DatabaseSync(path);
	migrate(db, path, ambient().clock, [{name: 'functions, tasks and timers', sql: 'create table one(n)'}]);
	db.close();
	await t.throwsAsync(openSqlite(ambient(), {path}), {...unavailable, message: /migration 1 .* differs/});
});

test('a database of another program is left alone', async t => {
	const path = join(await folder(t), 'other.db');
	const db = new DatabaseSync(path);
	db.exec('create table songs(title)');
	db.close();
	await t.throwsAsync(openSqlite(ambient(), {path}), {...unavailable, message: /another program/});
	const after = new DatabaseSync(path);
	t.deepEqual(
		after
			.prepare('select name from sqlite_schema')
			.all()
			.map(row => row.name),
		['songs'],
	);
	t.is(after.prepare('pragma journal_mode').get()?.journal_mode, 'delete');
	after.close();
});

test('a file that is no database, and a path that is a folder, are named with what to do', async t => {
	const here = await folder(t);
	const path = join(here, 'notes.txt');
	await writeFile(path, 'these are only notes, and long enough to be looked at as a header\n'.repeat(30));
	const error = await t.throwsAsync(openSqlite(ambient(), {path}), unavailable);
	t.true(error.message.includes(path));
	t.regex(error.message, /not a SQLite database.*store\.url/);
	t.true((await readFile(path, 'utf8')).startsWith('these are only notes'));

	await t.throwsAsync(openSqlite(ambient(), {path: here}), {...unavailable, message: /cannot be opened/});
});

test('a store that another process has locked says so, and works again afterwards', async t => {
	const path = join(await folder(t), 'warren.db');
	const store = await openSqlite(ambient(), {path, busyMs: 0});
	t.teardown(() => store.close());
	const {commit, row} = await enter(store, 'n1');
	const other = new DatabaseSync(path);
	other.exec('begin immediate');

	const error = await t.throwsAsync(commit(birth('t1')), {
		...unavailable,
		message: /locked by another process/,
	});
	t.is(error.failure.code, 'UNAVAILABLE');
	t.true(error.failure.retryable);
	t.is(await row('t1'), undefined);

	other.exec('rollback');
	other.close();
	t.deepEqual((await commit(birth('t1'))).fates, ['done']);
});

test('a lock that outlasted one wait is asked for without another, until it is gone', async t => {
	const path = join(await folder(t), 'warren.db');
	const db = new DatabaseSync(path, {timeout: 20});
	const transact = createTransact(db);
	const patience = () => db.prepare('pragma busy_timeout').get()?.timeout;
	const other = new DatabaseSync(path);
	other.exec('begin immediate');
	for (let i = 0; i < 2; i++) t.throws(() => transact(() => 1), {message: /locked/});
	t.is(patience(), 0);

	other.close();
	t.is(
		transact(() => 1),
		1,
	);
	t.is(patience(), 20);
	db.close();
});

test('a full disk and a read-only file are troubles of the world, with a remedy', async t => {
	const path = join(await folder(t), 'small.db');
	const db = new DatabaseSync(path);
	db.exec('create table t(b); pragma max_page_count = 3');
	const full = t.throws(() => db.exec('insert into t values(zeroblob(100000))'));
	t.regex((asTrouble(path, full) as StoreTrouble).message, /no room left.*free some space/);
	db.close();

	const reader = new DatabaseSync(path, {readOnly: true});
	const refused = t.throws(() => reader.exec('insert into t values(1)'));
	const said = asTrouble(path, refused);
	t.true(said instanceof StoreTrouble);
	t.regex((said as StoreTrouble).message, /read-only.*writable/);
	reader.close();
});

test('errors that are bugs are not dressed up as troubles of the world', t => {
	const bug = new RangeError('off by one');
	t.is(asTrouble('x', bug), bug);
	const db = new DatabaseSync(':memory:');
	const typo = t.throws(() => db.exec('selekt 1'));
	t.is(asTrouble('x', typo), typo);
	db.close();
});

test('a closed store says so', async t => {
	const store = await openSqlite(ambient(), {path: ':memory:'});
	await store.close();
	await t.throwsAsync(store.load(['t1']), {...unavailable, message: /is closed/});
});
