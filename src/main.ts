// The process: settings, log and signals around a node. It parses no arguments itself; the command line
// is handed what starts a node, and knows nothing of it.
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {flushCompileCache} from 'node:module';
import {createServer} from 'node:net';
import process from 'node:process';
import {pino} from 'pino';
import type {Policy} from '#actors/policy.ts';
import {banner, type Up} from '#cli/banner.ts';
import {createCli} from '#cli/cli.ts';
import {exitCodes} from '#cli/exit.ts';
import type {Flags, Starters} from '#cli/nodeOptions.ts';
import {processTerminal} from '#cli/terminal.ts';
import {type Config, loadConfig} from '#config/config.ts';
import {describeConfig} from '#config/describe.ts';
import {usualKeyFile} from '#keys/keyFile.ts';
import {systemClock} from '#lib/clock.ts';
import type {Logger} from '#observe/observe.ts';
import type {ScaleRule} from '#scale/rule.ts';
import type {Role, Warren, WarrenOptions} from '#warren.ts';
import {version} from './version.ts';

const terminal = processTerminal(systemClock);

const start: Starters = {
	up: (flags, json) =>
		runNode(flags, undefined, (warren, config) => {
			const up = upOf(warren, config);
			terminal.print(json ? JSON.stringify(up) : banner(up, terminal.me));
		}),
	server: flags => runNode(flags, ['server'], tellLog),
	worker: flags => runNode(flags, ['worker'], tellLog),
	async config(flags, json) {
		const described = describeConfig(load(flags));
		const width = Math.max(...described.map(({key}) => key.length));
		const lines = described.map(({key, value, source}) => `${key.padEnd(width)}  ${value}  (${source})`);
		terminal.print(json ? JSON.stringify(described, null, '\t') : lines.join('\n'));
		return exitCodes.ok.code;
	},
	keyFile(flags) {
		const {http, node} = load(flags);
		return http.keys ?? usualKeyFile(node.data);
	},
};

function load(flags: Flags): Config {
	return loadConfig({flags, env: process.env, cwd: process.cwd(), terminal: process.stderr.isTTY});
}

type Tell = (warren: Warren, config: Config, log: Logger) => void;

/** Runs a node until a signal, an order or a trouble of its own ends it; gives the exit code. */
async function runNode(flags: Flags, roles: readonly Role[] | undefined, tell: Tell): Promise<number> {
	const config = load(roles ? {...flags, roles: roles.join(',')} : flags);
	const log = openLog(config.log);
	for (const warning of config.warnings) log.warn(warning);
	const signalled = listenForSignals();
	// Before a folder is made for nothing; one that is there may say better who has the port.
	if (config.roles.includes('server') && !existsSync(config.node.data)) await probe(config);
	// Warren's own timers keep no process alive, and a node that stops may wait for nothing else.
	setInterval(() => {}, longestMs);
	// Only here: no other command needs the broker's, the store's and the engine's code.
	const {createWarren} = await import('#warren.ts');
	const opening = createWarren(optionsOf(config), {log});
	const warren = await Promise.race([opening, signalled]);
	if (!warren) return exitCodes.interrupted.code;
	const starting = warren.start().catch(async error => {
		await warren.stop();
		throw portTrouble(error, config);
	});
	const up = await Promise.race([starting.then(() => true), signalled]);
	if (up) {
		// Written only at an orderly exit otherwise: after a kill, when every moment counts, the next process
		// would compile all of it once more.
		flushCompileCache();
		tell(warren, config, log);
	}
	const failure = up ? await Promise.race([warren.failed, warren.drained, signalled]) : undefined;
	if (terminal.watched) terminal.say('\nDraining; Ctrl-C again stops at once.');
	await warren.stop();
	if (!failure) return exitCodes.ok.code;
	log.fatal({err: failure}, 'this node had to stop');
	return exitCodes.internal.code;
}

/**
 * Resolves at the first signal, or when the launcher is gone; a second signal ends the process where it
 * stands. A hang-up comes twice when a terminal is closed (from the terminal and from the launcher), so it
 * never counts as the second.
 */
function listenForSignals(): Promise<undefined> {
	const {promise, resolve} = Promise.withResolvers<undefined>();
	let heard = false;
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {
			if (heard && signal !== 'SIGHUP') process.exit(exitCodes.interrupted.code);
			heard = true;
			resolve(undefined);
		});
	}
	// Whoever started it was killed: it would go on with nobody who could stop it, and hold its folder.
	process.once('disconnect', () => resolve(undefined));
	return promise;
}

function openLog({level, pretty}: Config['log']): Logger {
	if (!pretty) {
		const destination = pino.destination({dest: 2, sync: true});
		// Nobody reads any more (a closed terminal, a broken pipe): no reason to stop working.
		destination.on('error', () => {});
		return pino({level}, destination);
	}
	return pino({level, transport: {target: 'pino-pretty', options: {destination: 2}}});
}

const mebi = 2 ** 20;
const longestMs = 2 ** 31 - 1;

function optionsOf(config: Config): WarrenOptions {
	const {roles, node, broker, store, http, worker, breaker, dispatch, autoscale, limits, intake, events} =
		config;
	const {ca, cert, key, ...brokerRest} = broker;
	return {
		roles,
		data: node.data,
		...(node.id !== null && {id: node.id}),
		leaseMs: node.lease,
		policy: policyOf(config),
		broker: {...brokerRest, ...(ca && {ca}), ...(cert && {cert}), ...(key && {key})},
		store: {url: store.url, retentionMs: store.retention, groupMost: store.groupMax},
		http: {
			host: http.host,
			port: http.port,
			bodyLimitBytes: http.bodyLimit,
			batchItems: limits.batch,
			open: http.open,
			openMetrics: http.openMetrics,
			...(http.keys !== null && {keys: http.keys}),
		},
		worker: {
			pool: worker.pool,
			executors: worker.executors,
			slots: worker.slots,
			memoryBudgetMb: Math.round(worker.memoryBudget / mebi),
			hardRssMb: Math.round(worker.hardRss / mebi),
			sandbox: worker.sandbox,
			sandboxUser: worker.sandboxUser,
			heartbeatMs: worker.heartbeat,
			drainTimeoutMs: worker.drainTimeout,
		},
		breaker: {crashes: breaker.crashes, windowMs: breaker.window},
		dispatch: {window: dispatch.window, auditMs: dispatch.audit},
		autoscale: Object.fromEntries(autoscale.map(ruleOf)),
		limits: {payloadBytes: limits.payload, intakeBytes: intake.maxBytes},
		events: events.enabled,
	};
}

function ruleOf({pool, min, max, targetWait, cooldown}: Config['autoscale'][number]): [string, ScaleRule] {
	const {up: upMs, down: downMs} = cooldown;
	return [pool, {min, max, targetWaitMs: targetWait, cooldown: {upMs, downMs}}];
}

function policyOf({defaults}: Config): Policy {
	const {wall, cpu, memory, backoff, ...rest} = defaults;
	const {base: baseMs, factor, max: maxMs} = backoff;
	return {...rest, wallMs: wall, cpuMs: cpu, memoryMb: memory / mebi, backoff: {baseMs, factor, maxMs}};
}

function upOf({url = ''}: Warren, {node, broker, store}: Config): Up {
	const hide = (address: string) => address.replace(/(\/\/[^:/@]*):.*@/, '$1:***@');
	return {url, data: node.data, broker: hide(broker.url), store: hide(store.url), version};
}

const tellLog: Tell = ({url}, {roles, broker}, log) =>
	log.info({url, roles, prefix: broker.prefix}, 'this node is up');

/** Listens for a moment where REST will. @throws UsageError when that can't be */
async function probe(config: Config): Promise<void> {
	const {host, port} = config.http;
	const server = createServer().listen({host, port});
	try {
		await once(server, 'listening');
	} catch (error) {
		throw portTrouble(error, config);
	}
	server.close();
	await once(server, 'close');
}

/** A port that is taken is the user's to solve: it is named, with the way out. */
function portTrouble(error: unknown, {http}: Config): unknown {
	if (!(error instanceof Error) || !('code' in error)) return error;
	if (error.code === 'EADDRINUSE') {
		return named(
			`Port ${http.port} at ${http.host} is taken by another process; choose one with --port`,
			error,
		);
	}
	if (error.code === 'EADDRNOTAVAIL' || error.code === 'EACCES') {
		return named(
			`This process can't listen on ${http.host}:${http.port} (${error.code}); see --host, --port`,
			error,
		);
	}
	return error;
}

function named(message: string, cause: Error): Error {
	return Object.assign(new Error(message, {cause}), {name: 'UsageError'});
}

// Exits by itself: a worker's sockets or a database would keep the process for a while.
process.exit(await createCli({start, terminal, version}).run(process.argv.slice(2)));
