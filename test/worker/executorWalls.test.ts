// The walls around executors, tried from inside: what the start-up line claims is really refused, and
// what is refused there can be done where there is no wall. Each test does so as the workers that this
// machine lets us be: this user; and where that is root, an ordinary one, and root as in a container.
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, openSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import type {Wall} from '#worker/executorPrefix.ts';
import {executorProgram} from '#worker/executorProgram.ts';
import {raiseWalls} from '#worker/executorWalls.ts';
import {testAmbient} from '../harness/ambient.ts';
import type {Attempt} from './intruder.ts';
import {gone} from './processes.ts';
import type {Walled} from './walled.ts';

const isLinux = process.platform === 'linux';
const isRoot = process.geteuid?.() === 0;
const flags = ['--conditions=source', '--no-node-snapshot', '--disable-warning=ExperimentalWarning'];

// The kernel lets nobody make a user namespace whose root is not that of its mount namespace.
const elsewhere =
	'mount --rbind / /mnt && exec chroot /mnt setpriv --reuid=1000 --regid=1000 --clear-groups "$@"';

const workers: Readonly<Record<string, readonly string[]>> = {
	'this user': [],
	...(isRoot && {
		'an ordinary user': ['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups'],
		'an ordinary user that may make no namespaces': ['unshare', '--mount', 'sh', '-c', elsewhere, 'sh'],
		'root that may make no namespaces': ['setpriv', '--bounding-set=-sys_admin', '--no-new-privs'],
		'root that may do nothing': ['setpriv', '--bounding-set=-all', '--no-new-privs'],
	}),
};

/** What each wall is there to refuse. */
const refuses: Readonly<Record<Wall, readonly Attempt[]>> = {
	files: ['readOpen', 'readOwn', 'readEnvironment', 'write', 'writeSource', 'writeRoot', 'run', 'unshare'],
	network: ['connect', 'connectLocally'],
	user: ['readOwn', 'readEnvironment', 'writeSource', 'writeRoot', 'signal', 'changeGroups'],
	privileges: ['changeGroups'],
	memory: [],
};

/** What anybody can do where nothing keeps them from it. */
const open: readonly Attempt[] = [
	'connect',
	'connectLocally',
	'readOpen',
	'readOwn',
	'readEnvironment',
	'write',
	'run',
	'signal',
];

/** A worker of that kind, with descriptors that its own parent left open to it. */
async function walled(t: ExecutionContext, prefix: readonly string[]): Promise<Walled> {
	const folder = mkdtempSync(join(tmpdir(), 'warren-walls-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	writeFileSync(join(folder, 'secret'), 'secret');
	const secret = openSync(join(folder, 'secret'), 'r');
	const script = new URL('./walled.ts', import.meta.url).pathname;
	const line = [...prefix, process.execPath, ...flags, script];
	const [command = script, ...args] = line;
	const left = Array.from({length: 40}, (_, fd) => (fd === 7 || fd === 39 ? secret : ('ignore' as const)));
	const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'inherit', ...left.slice(3)]});
	return JSON.parse(await text(child.stdout as NodeJS.ReadableStream)) as Walled;
}

/** Where this checkout is not for all to read, another user can't be a worker. */
const canBe = ([command, ...args]: readonly string[]): boolean =>
	command === undefined || spawnSync(command, [...args, 'test', '-r', executorProgram().main]).status === 0;

for (const [who, prefix] of Object.entries(workers).filter(([, one]) => canBe(one))) {
	test.serial(`behind the walls of ${who} nothing can be done that the start-up line denies`, async t => {
		if (!isLinux) {
			const {held} = await raiseWalls(testAmbient());
			t.deepEqual(held, [], 'only Linux has walls');
			return;
		}
		const {held, missing, line, strict, behind, outside, permitted, executor} = await walled(t, prefix);
		t.log(`held: ${held.join(', ')}; not enforced: ${JSON.stringify(missing)}`);
		t.like(line, {level: 30, held}, 'one line, and no warning');
		t.deepEqual(line?.missing ?? {}, missing);
		t.is(new Set([...held, ...Object.keys(missing)]).size, 5, 'each wall is held, or said to be missing');
		const gaps = Object.keys(missing);
		t.is(strict === null, gaps.length === 0, '`strict` starts with all walls only');
		for (const wall of gaps) t.true(strict?.includes(`${wall} (`), `${wall}, which \`strict\` misses`);
		for (const attempt of open) t.is(outside[attempt], 'done', `${attempt}, without walls`);
		for (const wall of held) {
			for (const attempt of refuses[wall]) t.not(behind[attempt], 'done', `${attempt}, behind ${wall}`);
		}
		const denied = open.filter(attempt => permitted[attempt] === 'ERR_ACCESS_DENIED');
		t.deepEqual(
			denied,
			open.filter(attempt => attempt !== 'signal'),
			'Node refuses them itself',
		);
		t.is(executor.result, '42');
		checkExecutor(t, held, executor);
	});
}

function checkExecutor(t: ExecutionContext, held: readonly Wall[], seen: Walled['executor']): void {
	t.is(seen.environment, '');
	// Its own pipes lead nowhere else, nor does its own root: libuv keeps one descriptor in reserve, and
	// opens that where there is no /dev/null.
	const inherited = seen.descriptors.filter(one => !/^\d+ (anon_inode:|pipe:|\/$|\/sys$)/.test(one));
	const expected = [/^0 \/dev\/null$/, /^1 \/dev\/null$/, /^2 socket:/, /^3 socket:/];
	const others = inherited.filter(one => !expected.some(pattern => pattern.test(one)));
	t.deepEqual(
		others.filter(one => !/^\d+ \/dev\/null$/.test(one)),
		[],
	);
	const session = seen.stat.replace(/^.*\) /s, '').split(' ')[3];
	t.is(session, String(seen.pid), 'a session of its own');
	t.is(seen.score, 800, 'the system takes it before any worker');
	const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(seen.status)?.[1];
	if (held.includes('user')) {
		t.deepEqual([field('Uid'), field('Gid')], Array(2).fill('65534\t65534\t65534\t65534'));
		t.is(field('Groups'), '');
	}
	if (!held.includes('privileges')) return;
	t.is(field('NoNewPrivs'), '1');
	t.is(Number(`0x${field('CapEff')}`), 0);
	t.is(Number(`0x${field('CapPrm')}`), 0);
	for (const limit of ['core file', 'file'])
		t.regex(seen.limits, new RegExp(`^Max ${limit} size +0 +0 `, 'm'));
}

test('`off` raises none but the watch over memory, and says so in the same line', async t => {
	const ambient = testAmbient();
	const {held, command} = await raiseWalls(ambient, {sandbox: 'off'});
	t.deepEqual(held, isLinux ? ['memory'] : []);
	t.deepEqual(command(['node']), ['node']);
	t.like(ambient.lines[0], {missing: {network: '`worker.sandbox` is `off`'}});
});

test.serial('an executor that hangs dies with its worker all the same', async t => {
	const {held} = await raiseWalls(testAmbient());
	const script = new URL('./orphan.ts', import.meta.url).pathname;
	const worker = spawn(process.execPath, [...flags, script], {stdio: ['ignore', 'pipe', 'inherit']});
	t.teardown(() => worker.kill('SIGKILL'));
	const [chunk] = (await once(worker.stdout, 'data')) as [Buffer];
	const pid = Number(chunk.toString());
	// Stopped, it can't see that its channel is closed.
	if (held.includes('privileges')) process.kill(pid, 'SIGSTOP');
	worker.kill('SIGKILL');
	await t.notThrowsAsync(gone(pid));
});
