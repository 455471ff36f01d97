// The process: settings, log and signals around a node. It parses no arguments itself; the command line
// is handed what starts a node, and knows nothing of it.
import {existsSync} from 'node:fs';
import {flushCompileCache} from 'node:module';
import process from 'node:process';
import {pino} from 'pino';
import {banner, type Crew, crewBanner, serverBanner, type Up} from '#cli/banner.ts';
import {createCli} from '#cli/cli.ts';
import {exitCodes} from '#cli/exit.ts';
import type {Flags, Starters} from '#cli/nodeOptions.ts';
import {processTerminal} from '#cli/terminal.ts';
import {type Config, loadConfig} from '#config/config.ts';
import {describeConfig} from '#config/describe.ts';
import {usualKeyFile} from '#keys/keyFile.ts';
import {systemClock} from '#lib/clock.ts';
import {redact} from '#lib/redact.ts';
import {portTrouble, probe} from '#node/port.ts';
import type {Logger} from '#observe/observe.ts';
import {findKeeper} from '#supervisor/keeper.ts';
import type {Role, Warren} from '#warren.ts';
import {brokerOf, optionsOf} from './options.ts';
import {version} from './version.ts';

const terminal = processTerminal(systemClock);
/** The supervisor that started this worker. */
const keeper = findKeeper();

const start: Starters = {
	up: (flags, json) =>
		runNode(flags, undefined, (warren, config) => {
			const up = upOf(warren, config);
			terminal.print(json ? JSON.stringify(up) : banner(up, terminal.me));
		}),
	server: flags =>
		runNode(flags, ['server'], (warren, config, log) => {
			tellLog(warren, config, log);
			if (terminal.watched) terminal.say(serverBanner(upOf(warren, config), terminal.me));
		}),
	worker: flags => runNode(flags, ['worker'], tellKeeper),
	supervise: (flags, workers) =>
		runProcess(
			{...flags, roles: 'worker'},
			async ({worker, broker}, log) => {
				const {openSupervisor} = await import('#supervisor/open.ts');
				const {pool, tags, drainTimeout: drainTimeoutMs} = worker;
				const args = ['worker', ...Object.entries(flags).flatMap(argumentOf)];
				const supervisor = await openSupervisor(
					{log, clock: systemClock},
					{broker: brokerOf(broker), pool, tags: tags ?? [], workers, drainTimeoutMs, args},
				);
				return {...supervisor, failed: never, drained: never};
			},
			(_, config, log) => {
				log.info({pool: config.worker.pool, workers}, 'this supervisor is up');
				if (terminal.watched) terminal.say(crewBanner({...crewOf(config), keeps: workers}));
			},
		),
	async config(flags, json) {
		const config = load(flags);
		for (const warning of config.warnings) terminal.say(`warren: ${warning}`);
		const described = describeConfig(config);
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

/** What runs in this process. */
type Running = Pick<Warren, 'start' | 'stop' | 'failed' | 'drained'>;
type Tell<R> = (running: R, config: Config, log: Logger) => void;

const never = new Promise<never>(() => {});

function runNode(flags: Flags, roles: readonly Role[] | undefined, tell: Tell<Warren>): Promise<number> {
	const open = async (config: Config, log: Logger) => {
		// Only here: no other command needs the broker's, the store's and the engine's code.
		const {createWarren} = await import('#warren.ts');
		return createWarren(optionsOf(config, keeper?.id), {log});
	};
	return runProcess(roles ? {...flags, roles: roles.join(',')} : flags, open, tell);
}

/** Runs until a signal, an order or a trouble of its own ends it; gives the exit code. */
async function runProcess<R extends Running>(
	flags: Flags,
	open: (config: Config, log: Logger) => Promise<R>,
	tell: Tell<R>,
): Promise<number> {
	const config = load(flags);
	const log = openLog(config.log);
	for (const warning of config.warnings) log.warn(warning);
	const signalled = listenForSignals();
	// Before a folder is made for nothing; one that is there may say better who has the port.
	if (config.roles.includes('server') && !existsSync(config.node.data)) await probe(config.http);
	// Warren's own timers keep no process alive, and a node that stops may wait for nothing else.
	setInterval(() => {}, longestMs);
	const running = await Promise.race([open(config, log), signalled]);
	if (!running) return exitCodes.interrupted.code;
	const starting = running.start().catch(async error => {
		await running.stop();
		throw portTrouble(error, config.http);
	});
	const up = await Promise.race([starting.then(() => true), signalled]);
	if (up) {
		// Written only at an orderly exit otherwise: after a kill, when every moment counts, the next process
		// would compile all of it once more.
		flushCompileCache();
		tell(running, config, log);
	}
	const failure = up ? await Promise.race([running.failed, running.drained, signalled]) : undefined;
	if (terminal.watched && keeper === undefined) terminal.say('\nDraining; Ctrl-C again stops at once.');
	await running.stop();
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
	let first: {readonly signal: string; readonly at: number} | undefined;
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {
			const at = systemClock.now();
			// Who stops a whole group of processes reaches this one twice: directly, and through its launcher.
			const isEcho = signal === 'SIGTERM' && first?.signal === signal && at - first.at < echoMs;
			if (first && signal !== 'SIGHUP' && !isEcho) process.exit(exitCodes.interrupted.code);
			first ??= {signal, at};
			resolve(undefined);
		});
	}
	// Whoever started it was killed: it would go on with nobody who could stop it, and hold its folder.
	process.once('disconnect', () => resolve(undefined));
	// Its supervisor was gone, or had changed its mind, before this process could hear.
	if (keeper !== undefined && !process.connected) resolve(undefined);
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

/** A launcher that waits for the processor is late with its copy; a person who has had enough sends SIGINT, or waits. */
const echoMs = 5000;
const longestMs = 2 ** 31 - 1;

function upOf({url = ''}: Warren, {node, broker, store}: Config): Up {
	return {url, data: node.data, broker: redact(broker.url), store: redact(store.url), version};
}

function crewOf({worker: {pool, tags}, broker}: Config): Omit<Crew, 'id' | 'keeps'> {
	return {pool, tags: tags ?? [], broker: redact(broker.url), version};
}

const tellLog: Tell<Warren> = ({url}, {roles, broker}, log) =>
	log.info({url, roles, prefix: broker.prefix}, 'this node is up');

/** Whoever keeps this worker learns its id. */
const tellKeeper: Tell<Warren> = (warren, config, log) => {
	tellLog(warren, config, log);
	const {worker, drains} = warren;
	if (keeper === undefined || worker === undefined) {
		if (terminal.watched) terminal.say(crewBanner({...crewOf(config), id: worker}));
		return;
	}
	keeper.say({worker});
	void drains.then(() => keeper.say('drains'));
};

/** As an argument of another command that starts a node. */
const argumentOf = ([key, value = '']: [string, string | undefined]): string[] =>
	key === 'config' ? ['--config', value] : ['--set', `${key}=${value}`];

// Exits by itself: a worker's sockets or a database would keep the process for a while.
process.exit(await createCli({start, terminal, version}).run(process.argv.slice(2)));
