import {spawnSync} from 'node:child_process';
import {copyFile, readFile, truncate} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {checkIntegrity} from '#store/sqlite/integrity.ts';
import {openSqlite} from '#store/sqlite/store.ts';
import {StoreTrouble} from '#store/store.ts';
import {testAmbient} from '../harness/ambient.ts';
import {pageBytes, tear, tearBody} from './tear.ts';
import {ambient, birth, enter, folder} from './world.ts';

const damaged = {instanceOf: StoreTrouble, message: /is damaged.*backup/};
const births = (from: number, to: number) =>
	Array.from({length: to - from}, (_, at) => birth(`t${String(from + at).padStart(4, '0')}`));

/** A file with 500 tasks, closed in good order. */
async function closed(t: ExecutionContext): Promise<string> {
	const path = join(await folder(t), 'warren.db');
	const store = await openSqlite(ambient(), {path});
	await (await enter(store, 'n1')).commit(...births(0, 500));
	await store.close();
	return path;
}

for (const table of ['homes', 'functions', 'counts', 'tasks', 'timers']) {
	test(`a file whose ${table} are damaged is refused by the open, and no byte of it changes`, async t => {
		const path = await closed(t);
		await tear(path, table);
		const before = await readFile(path);
		const error = await t.throwsAsync(openSqlite(ambient(), {path}), damaged);
		t.true(error.message.includes(path));
		t.is(error.failure.code, 'UNAVAILABLE');
		t.deepEqual(await readFile(path), before);
	});
}

test('a damaged file that was left with its log is refused, and neither is written to', async t => {
	const path = await closed(t);
	const store = await openSqlite(ambient(), {path});
	t.teardown(() => store.close());
	await (await enter(store, 'n1')).commit(...births(500, 600));
	const left = join(await folder(t), 'warren.db');
	for (const end of ['', '-wal']) await copyFile(path + end, left + end);
	await tear(left, 'functions');
	const both = () => Promise.all(['', '-wal'].map(end => readFile(left + end)));
	const before = await both();
	t.true((before[1]?.length ?? 0) > 0);

	await t.throwsAsync(openSqlite(ambient(), {path: left}), damaged);
	t.deepEqual(await both(), before);
});

test('a file that was copied by half is refused', async t => {
	const path = await closed(t);
	const {length} = await readFile(path);
	await truncate(path, Math.floor(length / 2 / pageBytes) * pageBytes);
	await t.throwsAsync(openSqlite(ambient(), {path}), damaged);
	t.is((await readFile(path)).length, Math.floor(length / 2 / pageBytes) * pageBytes);
});

test('of too many tasks the start looks at none, and says so', async t => {
	const path = await closed(t);
	await tear(path, 'tasks');
	const {log, lines} = testAmbient();
	checkIntegrity(log, path, 0, 499);
	t.like(lines, [{msg: 'too many tasks to look through at the start', tasks: 500}]);
	t.throws(() => checkIntegrity(log, path, 0, 500), damaged);
});

test('a change that was interrupted is no damage: it is undone by the open', async t => {
	const path = await closed(t);
	// Outside of WAL, as the file is for a moment when it is made: the old pages are in a journal beside it.
	const change = `const db = new (require('node:sqlite').DatabaseSync)(${JSON.stringify(path)});
		db.exec("pragma journal_mode = delete; pragma cache_size = 5; begin; update tasks set state = 'lost', origin = ''");
		process.kill(process.pid, 'SIGKILL');`;
	t.is(spawnSync(process.execPath, ['-e', change]).signal, 'SIGKILL');
	t.true((await readFile(`${path}-journal`)).length > 0);

	const store = await openSqlite(ambient(), {path});
	t.teardown(() => store.close());
	t.is((await (await enter(store, 'n1')).row('t0000'))?.state, 'queued');
});

test('damage that is met later is told and logged once, and nothing more is written', async t => {
	const path = join(await folder(t), 'warren.db');
	const first = await openSqlite(ambient(), {path});
	const input = Buffer.from(JSON.stringify('z'.repeat(3 * pageBytes)));
	await (await enter(first, 'n1')).commit(...births(0, 1), birth('large', {}, {input}));
	await first.close();
	await tearBody(path, 'z');

	const watched = testAmbient();
	const store = await openSqlite(watched, {path});
	t.teardown(() => store.close());
	const {commit, row} = await enter(store, 'n1');
	await commit(birth('before'));
	t.is(store.damage(), undefined);
	for (let i = 0; i < 2; i++) await t.throwsAsync(store.inputs(['large']), damaged);
	t.regex(store.damage() ?? '', damaged.message);

	await t.throwsAsync(commit(birth('after')), damaged);
	await t.throwsAsync(store.prune({endedBefore: 0, limit: 1}), damaged);
	await t.throwsAsync(store.open('n2'), damaged);
	t.is(await row('after'), undefined);
	t.is((await row('before'))?.state, 'queued');
	const said = watched.lines.filter(({msg}) => msg.startsWith('the store is damaged'));
	t.is(said.length, 1);
	t.like(said, [{level: 50}]);
});

test('damage that the count of all rows meets is told like any other', async t => {
	const path = await closed(t);
	const store = await openSqlite(ambient(), {path});
	t.teardown(() => store.close());
	t.is((await store.recount()).births, 500);
	// The count has a connection of its own, which reads the file anew.
	await tear(path, 'tasks');
	await t.throwsAsync(store.recount(), damaged);
	t.regex(store.damage() ?? '', damaged.message);
});
