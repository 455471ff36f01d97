import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {FolderTaken, lockFolder} from '#store/lock.ts';

async function folder(t: ExecutionContext): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'warren-lock-'));
	t.teardown(() => rm(path, {recursive: true, force: true}));
	return path;
}

test('a second holder is refused, and told the folder and the pid that holds it', async t => {
	const path = await folder(t);
	const lock = lockFolder(path);
	const error = t.throws(() => lockFolder(path), {instanceOf: FolderTaken});
	t.is(error.pid, process.pid);
	t.true(error.message.includes(path));
	t.true(error.message.includes(String(process.pid)));
	lock.release();
});

test('a released folder is free again, and releasing twice is harmless', async t => {
	const path = join(await folder(t), 'made', 'by the lock');
	const first = lockFolder(path);
	first.release();
	first.release();
	const second = lockFolder(path);
	first.release();
	t.throws(() => lockFolder(path), {instanceOf: FolderTaken});
	second.release();
});

test('a holder in another process is named, and its kill -9 frees the folder', async t => {
	const path = await folder(t);
	const child = await holder(t, path);
	const error = t.throws(() => lockFolder(path), {instanceOf: FolderTaken});
	t.is(error.pid, child.pid);

	const gone = once(child, 'exit');
	child.kill('SIGKILL');
	await gone;

	t.notThrows(() => lockFolder(path).release());
});

/** A process that holds the folder's lock until it is killed. */
async function holder(t: ExecutionContext, path: string): Promise<ChildProcess> {
	const program = `
		const {lockFolder} = await import('#store/lock.ts');
		lockFolder(process.argv[1]);
		process.stdout.write('held');
		setInterval(() => {}, 1000);
	`;
	const args = ['--conditions=source', '--input-type=module', '--eval', program, path];
	const child = spawn(process.execPath, args, {stdio: ['ignore', 'pipe', 'inherit']});
	t.teardown(() => child.kill('SIGKILL'));
	const [said] = await once(child.stdout, 'data');
	t.is(String(said), 'held');
	return child;
}
