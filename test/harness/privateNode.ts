// A RabbitMQ node of our own, from the installed binaries: own ports, own cookie, own epmd, own data,
// loopback only, nothing of the system's. Debian's wrapper in /usr/sbin is passed by: it insists on
// the system's user and log folder.
import {type ChildProcess, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readFile, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {freePorts} from './ports.ts';
import {ready} from './ready.ts';

export type PrivateNode = {
	readonly url: string;
	/** Where its files lie; the log is in `log/`. */
	readonly folder: string;
	/** SIGKILL: no goodbye, nothing is flushed. */
	kill(): Promise<void>;
	/** After `kill`: the same node with the same data and ports. */
	start(): Promise<void>;
	/** Runs Erlang code in the broker; says whether it could. */
	evaluate(code: string): Promise<boolean>;
	/** Ends it and removes its data. */
	stop(): Promise<void>;
};

const binaryFolders = [
	'/usr/lib/rabbitmq/bin',
	'/opt/homebrew/opt/rabbitmq/sbin',
	'/usr/local/opt/rabbitmq/sbin',
	...(process.env.PATH ?? '').split(delimiter),
];

/** The server's start script, or undefined where none is installed. */
export function findServer(): string | undefined {
	return binaryFolders.map(folder => join(folder, 'rabbitmq-server')).find(file => existsSync(file));
}

// Waits until its parent is gone, however it ended (the pipe closes), then ends the node and cleans up.
// WARREN_TEST_LOGS=folder keeps what the node has logged.
const reaper = `
cat >/dev/null
group=$(cat "$1/group" 2>/dev/null)
[ -n "$group" ] && kill -KILL "-$group" 2>/dev/null
for try in 1 2 3 4 5 6 7 8 9 10; do
	epmd -port "$2" -kill >/dev/null 2>&1 && break
	sleep 0.1
done
[ -n "$3" ] && mkdir -p "$3" && cp -r "$1/log" "$3/$(basename "$1")"
rm -rf "$1"
`;

export async function startPrivateNode(server: string): Promise<PrivateNode> {
	const folder = await mkdtemp(join(tmpdir(), 'warren-rabbit-'));
	const [amqp = 0, epmd = 0, dist = 0] = await freePorts(3);
	const env = environment(folder, {amqp, epmd, dist});
	await writeFiles(folder, amqp);
	const reaping = spawn(
		'/bin/sh',
		['-c', reaper, 'reaper', folder, `${epmd}`, process.env.WARREN_TEST_LOGS ?? ''],
		{
			env,
			detached: true,
			stdio: ['pipe', 'ignore', 'ignore'],
		},
	);
	reaping.unref();
	let child: ChildProcess | undefined;
	const start = async () => {
		child = spawn(server, [], {env, cwd: folder, stdio: 'ignore', detached: true});
		await writeFile(join(folder, 'group'), `${child.pid}`);
		await Promise.race([ready(amqp), failure(child, folder, amqp)]);
		child.unref();
	};
	const node = {
		url: `amqp://guest:guest@127.0.0.1:${amqp}`,
		folder,
		start,
		kill: async () => {
			const gone = exited(child);
			if (child?.pid) process.kill(-child.pid, 'SIGKILL');
			await gone;
			await writeFile(join(folder, 'group'), '');
		},
		evaluate: async (code: string) => {
			const ctl = spawn(join(dirname(server), 'rabbitmqctl'), ['eval', code], {env, stdio: 'ignore'});
			return (await exited(ctl)) === '0';
		},
		stop: async () => {
			const gone = Promise.all([exited(child), exited(reaping)]);
			reaping.stdin?.end();
			await gone;
		},
	};
	await start().catch(async (error: unknown) => {
		await node.stop();
		throw error;
	});
	return node;
}

type Ports = {readonly amqp: number; readonly epmd: number; readonly dist: number};

function environment(folder: string, {amqp, epmd, dist}: Ports): NodeJS.ProcessEnv {
	return {
		PATH: process.env.PATH,
		LANG: 'C.UTF-8',
		// The cookie is looked for here.
		HOME: join(folder, 'home'),
		ERL_EPMD_PORT: `${epmd}`,
		ERL_EPMD_ADDRESS: '127.0.0.1',
		RABBITMQ_NODENAME: `warren${amqp}@localhost`,
		RABBITMQ_DIST_PORT: `${dist}`,
		RABBITMQ_CONF_ENV_FILE: '/dev/null',
		RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
		RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
		RABBITMQ_MNESIA_BASE: join(folder, 'data'),
		RABBITMQ_LOG_BASE: join(folder, 'log'),
		RABBITMQ_PID_FILE: join(folder, 'pid'),
		RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
		RABBITMQ_SERVER_START_ARGS: '+S 2:2 +sbwt none',
	};
}

async function writeFiles(folder: string, amqp: number): Promise<void> {
	for (const part of ['home', 'data', 'log']) await mkdir(join(folder, part));
	const cookie = randomBytes(16).toString('hex').toUpperCase();
	await writeFile(join(folder, 'home', '.erlang.cookie'), cookie, {mode: 0o400});
	await writeFile(join(folder, 'plugins'), '[].');
	const settings = [
		`listeners.tcp.1 = 127.0.0.1:${amqp}`,
		'log.console = false',
		'vm_memory_high_watermark.absolute = 1GB',
		'disk_free_limit.absolute = 50MB',
	];
	await writeFile(join(folder, 'rabbitmq.conf'), `${settings.join('\n')}\n`);
}

async function failure(child: ChildProcess, folder: string, amqp: number): Promise<never> {
	const code = await exited(child);
	const log = await readFile(join(folder, 'log', `warren${amqp}@localhost.log`), 'utf8').catch(() => '');
	throw new Error(`rabbitmq-server ended with ${code} before it was ready: ${log.slice(-2000)}`);
}

function exited(child: ChildProcess | undefined): Promise<string> {
	if (!child) return Promise.resolve('nothing');
	const how = () => `${child.signalCode ?? child.exitCode}`;
	if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(how());
	// Who waits for its end must not be ended first; who only uses it must not be kept alive by it.
	child.ref();
	return new Promise(resolve => child.once('exit', () => resolve(how())));
}
