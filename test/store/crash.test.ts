import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import test, {type ExecutionContext} from 'ava';
import {openSqlite} from '#store/sqlite/store.ts';
import type {Store} from '#store/store.ts';
import {ambient, folder, now} from './world.ts';

test('kill -9 in the middle of commits: what resolved is there, and no commit is there in part', async t => {
	const path = join(await folder(t), 'warren.db');
	let before = 0;
	for (const count of [1, 40, 7]) {
		const told = await commitAndKill(t, path, count);
		t.true(told >= before + count);
		before = await checkFile(t, path, told);
	}
});

/** Runs the committer until it has told `count` commits, kills it, and says the last one it told. */
async function commitAndKill(t: ExecutionContext, path: string, count: number): Promise<number> {
	const program = join(import.meta.dirname, 'committer.ts');
	const child = spawn(process.execPath, ['--conditions=source', program, path], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	t.teardown(() => child.kill('SIGKILL'));
	const gone = once(child, 'exit');
	const told: number[] = [];
	for await (const line of createInterface({input: child.stdout})) {
		told.push(Number(line));
		if (told.length === count) child.kill('SIGKILL');
	}
	const [, signal] = await gone;
	t.is(signal, 'SIGKILL', 'the committer must not have ended by itself');
	return told.at(-1) ?? 0;
}

/** Checks every commit in the file and says the number of the last one. */
async function checkFile(t: ExecutionContext, path: string, told: number): Promise<number> {
	const store = await openSqlite(ambient(), {path});
	const {epoch, seq, actedThrough} = await store.open('n1');
	t.true(seq === told || seq === told + 1, `told ${told}, found ${seq}`);
	t.is(actedThrough, seq - 1);
	for (let number = 1; number <= seq; number++) await checkCommit(t, store, number, seq);

	const open = [0, 1, 2, 3, 4].map(i => `${seq}-${i}`);
	const owed = await store.owing({home: 'n1', epoch, actedThrough, limit: 100});
	t.deepEqual(
		owed.map(row => row.id),
		[...[0, 1, 2, 3, 4].map(i => `${seq - 1}-${i}`).filter(() => seq > 1), ...open].sort(),
	);
	t.deepEqual(
		(await store.due(now, 100)).map(timer => timer.task),
		open,
	);
	t.deepEqual(
		(await store.counts()).map(({state, count}) => [state, count]),
		[
			['queued', 5],
			['succeeded', (seq - 1) * 5],
		].filter(([, count]) => count !== 0),
	);
	await store.close();
	return seq;
}

async function checkCommit(t: ExecutionContext, store: Store, number: number, last: number): Promise<void> {
	const ids = [0, 1, 2, 3, 4].map(i => `${number}-${i}`);
	const [rows, inputs, results] = [await store.load(ids), await store.inputs(ids), await store.results(ids)];
	const state = number === last ? 'queued' : 'succeeded';
	t.deepEqual(
		[...rows.values()].map(row => row.state),
		ids.map(() => state),
	);
	t.deepEqual([...inputs.keys()], ids);
	t.deepEqual([...results.keys()], number === last ? [] : ids);
}
