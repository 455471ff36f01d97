// A PostgreSQL cluster of our own, from the installed binaries: own port, own data, loopback only, nothing
// of the system's. The server refuses to run as root, so where we are root it runs as somebody else.
import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {chown, mkdir, mkdtemp, readFile, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {freePorts} from './ports.ts';
import {postgresReady} from './postgresReady.ts';

export type Cluster = {
	readonly url: string;
	/** Where its data and its log lie. */
	readonly folder: string;
	/** SIGKILL of the server: no goodbye, nothing is flushed. */
	kill(): Promise<void>;
	/** After `kill`: the same cluster with the same data and port. */
	start(): Promise<void>;
	/** Ends it and removes its data. */
	stop(): Promise<void>;
};

/** `initdb` with the server beside it, the newest that is installed; undefined where there is none. */
export function findPostgres(): string | undefined {
	const debian = '/usr/lib/postgresql';
	const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
	const folders = [
		...(process.env.PATH ?? '').split(delimiter),
		...versions.map(version => join(debian, version, 'bin')),
	];
	const has = (folder: string) => ['initdb', 'postgres'].every(name => existsSync(join(folder, name)));
	const folder = folders.find(has);
	return folder && join(folder, 'initdb');
}

// Waits until its parent is gone, however it ended (the pipe closes), then ends the server and cleans up.
const reaper = `
cat >/dev/null
server=$(cat "$1/server" 2>/dev/null)
[ -n "$server" ] && kill -QUIT "$server" 2>/dev/null
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -n "$server" ] && kill -0 "$server" 2>/dev/null || break
	sleep 0.1
done
[ -n "$server" ] && kill -KILL "$server" 2>/dev/null
rm -rf "$1"
`;

/** What the server is started with beside what it needs here, as in `postgresql.conf`. */
export type Settings = Readonly<Record<string, string>>;

export async function startCluster(initdb: string, settings: Settings = {}): Promise<Cluster> {
	const who = process.getuid?.() === 0 ? someoneElse() : undefined;
	const folder = await mkdtemp(join(tmpdir(), 'warren-pg-'));
	const [port = 0] = await freePorts(1);
	const data = join(folder, 'data');
	await mkdir(data);
	for (const path of [folder, data]) if (who) await chown(path, who.uid, who.gid);
	const reaping = spawn('/bin/sh', ['-c', reaper, 'reaper', folder], {
		detached: true,
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	reaping.unref();
	const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
	const log = join(folder, 'log');
	let server: ChildProcess | undefined;
	const stop = async () => {
		const gone = Promise.all([ended(server), ended(reaping)]);
		reaping.stdin?.end();
		await gone;
	};
	const start = async () => {
		for (let tries = 1; ; tries++) {
			try {
				return await startOnce();
			} catch (error) {
				// What the killed one had started has to find out first that it is alone.
				if (tries === mostTries || !/pre-existing shared memory/.test(String(error))) throw error;
				await delay(betweenMs);
			}
		}
	};
	const startOnce = async () => {
		const line = `exec "$0" "$@" 2>>${log}`;
		const args = [join(dirname(initdb), 'postgres'), '-D', data, ...flags(port, folder, settings)];
		server = spawn('/bin/sh', ['-c', line, ...args], {...who, cwd: folder, stdio: 'ignore', detached: true});
		await writeFile(join(folder, 'server'), `${server.pid}`);
		await Promise.race([postgresReady(url), failure(server, log)]);
		server.unref();
	};
	try {
		makeData(initdb, data, folder, who);
		await start();
	} catch (error) {
		await stop();
		throw error;
	}
	const kill = async () => {
		// What serves its connections would commit for another moment: it finds out by itself that it is alone.
		const serving = childrenOf(server?.pid);
		server?.kill('SIGKILL');
		for (const pid of serving) killAtOnce(pid);
		await ended(server);
		await writeFile(join(folder, 'server'), '');
	};
	return {url, folder, start, kill, stop};
}

/** Where the system tells them. */
function childrenOf(pid: number | undefined): number[] {
	try {
		return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
			.split(' ')
			.map(Number)
			.filter(pid => pid > 1);
	} catch {
		return [];
	}
}

function killAtOnce(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It has gone by itself.
	}
}

/** Of a server that is started right after another was killed. */
const [mostTries, betweenMs] = [100, 200];

type User = {readonly uid: number; readonly gid: number};

function makeData(initdb: string, data: string, cwd: string, who: User | undefined): void {
	const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
	const {status, stderr} = spawnSync(initdb, args, {...who, cwd, encoding: 'utf8'});
	if (status !== 0) throw new Error(`initdb ended with ${status}: ${stderr}`);
}

function flags(port: number, folder: string, settings: Settings): string[] {
	const chosen = {
		listen_addresses: '127.0.0.1',
		port: `${port}`,
		unix_socket_directories: folder,
		max_connections: '200',
		shared_buffers: '64MB',
		...settings,
	};
	return Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The user of the system's server, or one that owns nothing. */
function someoneElse(): User {
	const users = readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.map(line => line.split(':'));
	const found = ['postgres', 'nobody'].map(name => users.find(([user]) => user === name)).find(Boolean);
	if (!found) throw new Error('PostgreSQL does not run as root, and here is no user postgres nor nobody');
	return {uid: Number(found[2]), gid: Number(found[3])};
}

async function failure(server: ChildProcess, log: string): Promise<never> {
	const how = await ended(server);
	const said = await readFile(log, 'utf8').catch(() => '');
	throw new Error(`postgres ended with ${how} before it was ready: ${said.slice(-2000)}`);
}

async function ended(child: ChildProcess | undefined): Promise<string> {
	if (!child) return 'nothing';
	if (child.exitCode === null && child.signalCode === null) {
		// Who waits for its end must not be ended first; who only uses it must not be kept alive by it.
		child.ref();
		await once(child, 'exit');
	}
	return `${child.signalCode ?? child.exitCode}`;
}
