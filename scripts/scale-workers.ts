// Brings the workers of a pool to N. Where supervisors keep the pool, it is the server's verb (`warren scale`).
// Else it asks nobody but the broker: workers are those whose heartbeats it hears; it starts processes on this
// host, or drains the least busy ones wherever they are.
import {spawn} from 'node:child_process';
import {mkdirSync, openSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import Table from 'cli-table3';
import {defaultPool} from '#actors/lane.ts';
import type {Heartbeat} from '#contract/control.ts';
import {pause, systemClock} from '#lib/clock.ts';
import {readArgs, wholeNumber} from './commandLine.ts';
import {hear, noneToJoin} from './heartbeats.ts';
import {scaleSupervised} from './scaleSupervised.ts';

const usage = `usage: scripts/scale-workers N --broker amqp://user:password@host:port [options]

Brings the workers of a pool to N. Where supervisors keep the pool (\`warren supervise\`), a server tells them.
Else new ones are started on this host and outlive the script; those that are too many are drained: they finish
what they hold, give back the rest, and exit.

options
  --broker URL     the broker (or WARREN_BROKER_URL)
  --pool NAME      whose workers (default default, or WARREN_WORKER_POOL)
  --prefix NAME    the installation's prefix on it (default warren, or WARREN_BROKER_PREFIX)
  --url URL        a server, where supervisors keep the pool (default http://127.0.0.1:7070, or WARREN_URL)
  --logs FOLDER    where new workers write their logs (default .warren/workers)
  --patience 60    seconds to wait until it is so
  --json           one JSON object instead of a table

examples
  scripts/scale-workers 4 --broker amqp://localhost
  scripts/scale-workers 2 --broker amqp://localhost --pool gpu
  scripts/scale-workers 0 --broker amqp://localhost    drain them all`;

const options = {
	broker: {type: 'string', default: process.env.WARREN_BROKER_URL ?? 'memory:'},
	prefix: {type: 'string', default: process.env.WARREN_BROKER_PREFIX ?? 'warren'},
	pool: {type: 'string', default: process.env.WARREN_WORKER_POOL ?? defaultPool},
	url: {type: 'string', default: process.env.WARREN_URL ?? 'http://127.0.0.1:7070'},
	logs: {type: 'string', default: join('.warren', 'workers')},
	patience: {type: 'string', default: '60'},
	json: {type: 'boolean', default: false},
} as const;
const {wanted, patience, ...values} = readArgs(usage, {allowPositionals: true, options}, args => {
	if (args.positionals.length !== 1)
		throw new TypeError(`Expected how many workers there should be, got \`${args.positionals.join(' ')}\``);
	return {
		...args.values,
		wanted: wholeNumber('the number of workers', args.positionals[0] ?? ''),
		patience: wholeNumber('--patience', args.values.patience),
	};
});

const lookMs = 200;

if (values.broker === 'memory:') {
	console.error(noneToJoin);
	process.exit(1);
}

const heartbeats = await hear(values.broker, values.prefix);
const supervisors = heartbeats.supervisors.filter(({pool}) => pool === values.pool);
if (supervisors.length > 0) {
	await heartbeats.stop();
	const {url, pool, json} = values;
	process.exit(await scaleSupervised({url, pool, wanted, json, patienceMs: patience * 1000}));
}
const before = alive();
/** Logs of workers that ended before they were up. */
const failures: string[] = [];
const started = Array.from({length: Math.max(0, wanted - before.length)}, (_, at) => startWorker(at));
const surplus = before
	.toSorted((a, b) => a.held.length - b.held.length)
	.slice(0, Math.max(0, before.length - wanted))
	.map(({worker}) => worker);
for (const worker of surplus) await heartbeats.tell(worker, {type: 'drain'});

const until = systemClock.now() + patience * 1000;
while (!isSo() && failures.length === 0 && systemClock.now() < until) {
	if (process.stderr.isTTY) process.stderr.write(`\r${alive().length} of ${wanted} workers …`);
	await pause(systemClock, lookMs);
}
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
const after = alive();
await heartbeats.stop();
report();
process.exitCode = isSo() ? 0 : 1;

function alive(): Heartbeat[] {
	return heartbeats.workers
		.filter(({pool}) => pool === values.pool)
		.filter(({state}) => state !== 'draining' && state !== 'stopped');
}

/** Those that were told to drain are gone, too: stopped, or silent. */
function isSo(): boolean {
	const there = heartbeats.workers.filter(({state}) => state !== 'stopped').map(({worker}) => worker);
	return alive().length === wanted && !surplus.some(worker => there.includes(worker));
}

function startWorker(at: number): number | undefined {
	mkdirSync(values.logs, {recursive: true});
	const file = join(values.logs, `${Date.now()}-${at}.log`);
	const log = openSync(file, 'a');
	const main = join(import.meta.dirname, '..', 'src', 'main.ts');
	const args = [...process.execArgv, main, 'worker'];
	const own = {WARREN_BROKER_PREFIX: values.prefix, WARREN_WORKER_POOL: values.pool};
	const env = {...process.env, WARREN_BROKER_URL: values.broker, ...own};
	const child = spawn(process.execPath, args, {detached: true, stdio: ['ignore', log, log], env});
	child.on('exit', () => failures.push(file));
	child.unref();
	return child.pid;
}

function report(): void {
	if (values.json) {
		for (const file of failures) console.error(`A worker ended before it was up; its log is ${file}`);
		const pids = started.filter(pid => pid !== undefined);
		console.log(
			JSON.stringify({wanted, before: before.length, after: after.length, started: pids, drained: surplus}),
		);
		return;
	}
	const table = new Table({
		head: ['worker', 'state', 'slots', 'held', 'host', 'pid'],
		style: {head: [], border: []},
	});
	for (const {worker, state, slots, held, host, pid} of after)
		table.push([worker, state, slots, held.length, host, pid]);
	console.log(table.toString());
	console.log(
		`${before.length} → ${after.length} workers: ${started.length} started, ${surplus.length} drained`,
	);
	for (const file of failures)
		console.error(`A worker ended before it was up (${file}):\n${lastLines(file)}`);
	if (!isSo())
		console.error(
			`It is not so after ${patience} s; look at the logs in ${values.logs}, or wait and ask again.`,
		);
}

function lastLines(file: string): string {
	return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
}
