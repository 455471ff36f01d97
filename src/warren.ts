/**
 * The composition root: one node, with the roles it is given. Embedded by default: an in-process
 * broker, SQLite in a folder, executors beside it. Two URLs make the same program part of a cluster.
 */
import {hostname} from 'node:os';
import {pino} from 'pino';
import type {Api} from '#api/api.ts';
import {systemClock} from '#lib/clock.ts';
import {openAccess} from '#node/access.ts';
import {openCrew, openWorker} from '#node/crew.ts';
import {leave} from '#node/leave.ts';
import {drainTimeoutOf, type WarrenOptions} from '#node/options.ts';
import {openServer, type Server} from '#node/server.ts';
import {waysOf} from '#node/ways.ts';
import {createFeed, type Feed} from '#observe/feed.ts';
import {createMetrics} from '#observe/metrics.ts';
import type {Ambient} from '#observe/observe.ts';
import {type FolderLock, lockFolder} from '#store/lock.ts';
import {openTransport} from '#transport/open.ts';
import type {Transport} from '#transport/transport.ts';
import type {Executors} from '#worker/executors.ts';
import type {Worker} from '#worker/worker.ts';

export type {Role, WarrenOptions} from '#node/options.ts';

/** A node. Without the role `server` it has no `api`. */
export type Warren = {
	readonly api: Api;
	readonly feed: Feed;
	readonly ambient: Ambient;
	/** The id of its worker. */
	readonly worker: string | undefined;
	/** Where REST is reached. */
	readonly url: string | undefined;
	/** Settles if the node must stop by itself: another process has opened its home. */
	readonly failed: Promise<Error>;
	/** Settles when its worker begins to drain. */
	readonly drains: Promise<void>;
	/** Settles when its worker was told over the broker to drain, and has. */
	readonly drained: Promise<void>;
	start(): Promise<void>;
	/**
	 * Takes nothing new, finishes or gives back what is in hand, and closes: in the drain timeout and ten seconds
	 * at most, whatever the broker and the store do.
	 */
	stop(): Promise<void>;
};

const never = new Promise<never>(() => {});

/**
 * Opens a node; `start` lets it take work.
 * @throws TypeError when the options don't go together
 * @throws FolderTaken when another process works on the same data folder
 * @throws KeysMissing when REST would be open to others than this machine; KeyFileTrouble
 */
export async function createWarren(
	options: WarrenOptions = {},
	given: Partial<Ambient> = {},
): Promise<Warren> {
	const {roles = ['server', 'worker']} = options;
	const ambient: Ambient = {
		log: given.log ?? pino({level: 'warn'}),
		clock: given.clock ?? systemClock,
		metrics: given.metrics ?? createMetrics(),
	};
	const data = options.data ?? '.warren';
	const broker = {url: 'memory:', ...options.broker};
	// Before a folder is made or a broker is asked: a door that must not be opened is no start.
	const isServer = roles.includes('server');
	const wayOf = waysOf(options);
	const keys = isServer && options.http ? await openAccess(ambient, data, options.http) : undefined;
	const lock = isServer ? lockFolder(data) : undefined;
	const feed = createFeed();
	const opened = new AsyncDisposableStack();
	opened.defer(() => lock?.release());
	try {
		const name = `warren ${roles.join('+')} ${hostname()}`;
		const transport = opened.adopt(await openTransport(ambient, {...broker, name}), one => one.stop());
		const crew = openCrew(ambient, roles, options);
		const worker = roles.includes('worker') ? openWorker(ambient, options, transport, crew) : undefined;
		const rooms = {options, data, transport, crew, inlet: worker?.inlet, wayOf, feed, keys, opened};
		const server = lock && (await openServer(ambient, rooms));
		return assemble(ambient, {options, feed, transport, executors: crew.executors, worker, server, lock});
	} catch (error) {
		// What was opened would hold connections for ever, of a node that is none.
		await opened
			.disposeAsync()
			.catch(trouble => ambient.log.warn({err: trouble}, 'what was opened could not be closed'));
		throw error;
	}
}

type Assembly = {
	readonly options: WarrenOptions;
	readonly feed: Feed;
	readonly transport: Transport;
	readonly executors: Executors;
	readonly worker: Worker | undefined;
	readonly server: Server | undefined;
	readonly lock: FolderLock | undefined;
};

function assemble(ambient: Ambient, parts: Assembly): Warren {
	const {options, feed, transport, executors, worker, server, lock} = parts;
	let url: string | undefined;
	let stopping: Promise<void> | undefined;

	const stop = (): Promise<void> =>
		leave(ambient, {
			drainTimeoutMs: drainTimeoutOf(options),
			drains: [
				{part: 'doors', end: () => Promise.all((server?.doors ?? []).map(door => door.stop()))},
				{part: 'worker', end: () => worker?.drain()},
			],
			closes: [
				{part: 'worker', end: () => worker?.stop()},
				{part: 'executors', end: () => executors.close()},
				{
					part: 'home',
					end: () => Promise.all([server?.autoscaler.stop(), server?.scaler.stop(), server?.home.stop()]),
				},
				{part: 'transport', end: () => transport.stop()},
				{part: 'store', end: () => server?.store.close()},
				{part: 'lock', end: () => lock?.release()},
			],
		});
	return {
		feed,
		ambient,
		worker: worker?.id,
		get api() {
			if (!server) throw new TypeError('Expected a node with the role `server`; a worker has no `api`');
			return server.api;
		},
		get url() {
			return url;
		},
		failed: server?.home.failed ?? never,
		drains: worker?.drains ?? never,
		drained: worker && !server ? worker.drained : never,
		async start() {
			// A machine that can't hold strangers' code is refused before it takes any, for a server's checks too.
			if (options.worker?.sandbox === 'strict') await executors.start();
			await server?.home.start();
			await server?.scaler.start();
			await server?.autoscaler.start();
			await worker?.start();
			for (const door of server?.doors ?? []) url = (await door.listen()) || url;
		},
		stop() {
			stopping ??= stop();
			return stopping;
		},
	};
}
