import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {findPostgres} from './postgresCluster.ts';
import {postgresKind} from './postgresServer.ts';

test('a database server that is named is taken before anything is started', async t => {
	t.is(await postgresKind({WARREN_TEST_PG_URL: 'postgres://somewhere'}), 'url');
});

test('a private cluster leaves nothing behind, though its run is killed without a warning', async t => {
	t.timeout(120_000);
	const initdb = findPostgres();
	// Without the binaries no private cluster was started, so none can be left behind.
	if (!initdb) return t.not(await postgresKind(), 'cluster');
	const code = `
		import {startCluster} from ${JSON.stringify(join(import.meta.dirname, 'postgresCluster.ts'))};
		const {folder} = await startCluster(${JSON.stringify(initdb)});
		console.log(folder);
		setInterval(() => {}, 1000);
	`;
	const run = spawn(process.execPath, ['--input-type=module', '--conditions=source', '-e', code], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [line] = (await once(run.stdout, 'data')) as [Buffer];
	const folder = line.toString().trim();
	t.true(existsSync(join(folder, 'data', 'postmaster.pid')));

	run.kill('SIGKILL');

	// The server goes away first; its folder is removed last of all.
	while (existsSync(folder)) await new Promise(setImmediate);
	t.false(existsSync(folder));
});
