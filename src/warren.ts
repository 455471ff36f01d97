/**
 * The composition root: one node, with the roles it is given. Embedded by default: an in-process
 * broker, SQLite in a folder, executors beside it. Two URLs make the same program part of a cluster.
 */
import {randomBytes} from 'node:crypto';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {availableParallelism, hostname} from 'node:os';
import {join} from 'node:path';
import {pino} from 'pino';
import {monotonicFactory} from 'ulid';
import type {Api} from '#api/api.ts';
import {openApi} from '#api/open.ts';
import {createPull} from '#dispatch/pull.ts';
import {compile} from '#engine/compile.ts';
import {createAmqpDoor} from '#gateway/amqp.ts';
import type {Door} from '#gateway/gateway.ts';
import {createRest, type HttpOptions} from '#gateway/rest.ts';
import {pause, systemClock} from '#lib/clock.ts';
import {createFeed, type Feed} from '#observe/feed.ts';
import {createMetrics} from '#observe/metrics.ts';
import type {Ambient} from '#observe/observe.ts';
import {type Home, openHome} from '#runtime/home.ts';
import {type FolderLock, lockFolder} from '#store/lock.ts';
import {openStore} from '#store/open.ts';
import type {Store} from '#store/store.ts';
import {openTransport} from '#transport/open.ts';
import {defaultClass, defaultPool, names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {createExecutors} from '#worker/executorCrew.ts';
import type {Executors} from '#worker/executors.ts';
import {createWorker, type Worker} from '#worker/worker.ts';
import {version} from './version.ts';

export type Role = 'server' | 'worker';

/** What is left out has the default of docs/config.md. Times in ms, sizes in bytes unless named. */
export type WarrenOptions = {
	readonly roles?: readonly Role[];
	/** The folder of this node's own data; taken by one process at a time. A worker needs none. */
	readonly data?: string;
	readonly broker?: {
		/** `memory:` or `amqp(s)://…` */
		readonly url?: string;
		readonly prefix?: string;
		/** Publishes that may be unconfirmed at once. */
		readonly window?: number;
		readonly ca?: string;
		readonly cert?: string;
		readonly key?: string;
	};
	readonly store?: {readonly url?: string; readonly retentionMs?: number; readonly groupMost?: number};
	/** Absent: no HTTP. */
	readonly http?: HttpOptions;
	readonly worker?: {
		readonly pool?: string;
		readonly executors?: number;
		/** Of each executor. */
		readonly slots?: number;
		readonly memoryBudgetMb?: number;
		readonly hardRssMb?: number;
		readonly heartbeatMs?: number;
		readonly drainTimeoutMs?: number;
	};
	readonly dispatch?: {readonly window?: number};
	readonly limits?: {readonly payloadBytes?: number; readonly intakeBytes?: number};
	/** Tell `warren.events`. */
	readonly events?: boolean;
};

/** A node. Without the role `server` it has no `api`. */
export type Warren = {
	readonly api: Api;
	readonly feed: Feed;
	readonly ambient: Ambient;
	/** Where REST is reached. */
	readonly url: string | undefined;
	/** Settles if the node must stop by itself: another process has opened its home. */
	readonly failed: Promise<Error>;
	/** Settles when its worker was told over the broker to drain, and has. */
	readonly drained: Promise<void>;
	start(): Promise<void>;
	/** Takes nothing new, finishes or gives back what is in hand, and closes. */
	stop(): Promise<void>;
};

const mib = 1024 * 1024;
const day = 24 * 60 * 60_000;
const never = new Promise<never>(() => {});

/**
 * Opens a node; `start` lets it take work.
 * @throws FolderTaken when another process works on the same data folder
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
	const lock = roles.includes('server') ? lockFolder(data) : undefined;
	const feed = createFeed();
	try {
		const transport = await openTransport(ambient, {
			...broker,
			name: `warren ${roles.join('+')} ${hostname()}`,
		});
		const executors = openExecutors(ambient, options);
		const worker = roles.includes('worker') ? openWorker(ambient, options, transport, executors) : undefined;
		const server = lock && (await openServer(ambient, {options, data, transport, executors, feed}));
		return assemble(ambient, {options, feed, transport, executors, worker, server, lock});
	} catch (error) {
		lock?.release();
		throw error;
	}
}

type Server = {
	readonly home: Home;
	readonly store: Store;
	readonly api: Api;
	readonly doors: readonly Door[];
};

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
	const drainTimeoutMs = options.worker?.drainTimeoutMs ?? 30_000;
	let url: string | undefined;
	let stopping: Promise<void> | undefined;

	const stop = async (): Promise<void> => {
		await Promise.all((server?.doors ?? []).map(door => door.stop()));
		const overtime = new AbortController();
		if (worker) await Promise.race([worker.drain(), pause(ambient.clock, drainTimeoutMs, overtime.signal)]);
		overtime.abort();
		await worker?.stop();
		await executors.close();
		await server?.home.stop();
		await transport.stop();
		await server?.store.close();
		lock?.release();
	};
	return {
		feed,
		ambient,
		get api() {
			if (!server) throw new TypeError('Expected a node with the role `server`; a worker has no `api`');
			return server.api;
		},
		get url() {
			return url;
		},
		failed: server?.home.failed ?? never,
		drained: worker && !server ? worker.drained : never,
		async start() {
			await server?.home.start();
			await worker?.start();
			for (const door of server?.doors ?? []) url = (await door.listen()) || url;
		},
		stop() {
			stopping ??= stop();
			return stopping;
		},
	};
}

function openExecutors(ambient: Ambient, {roles, worker = {}}: WarrenOptions): Executors {
	// A server without workers has one, to check what is deployed; it starts with the first check.
	const serves = roles === undefined || roles.includes('worker');
	return createExecutors(ambient, {
		executors: serves ? (worker.executors ?? availableParallelism()) : 1,
		slotsEach: worker.slots ?? 4,
		memoryBudgetMb: worker.memoryBudgetMb ?? 512,
		hardRssMb: worker.hardRssMb ?? 1536,
	});
}

function openWorker(
	ambient: Ambient,
	options: WarrenOptions,
	transport: Transport,
	executors: Executors,
): Worker {
	return createWorker(ambient, {
		id: `${hostname().replaceAll(/[^A-Za-z0-9-]/g, '-')}-${process.pid}-${randomBytes(3).toString('hex')}`,
		pool: options.worker?.pool ?? defaultPool,
		class: defaultClass,
		transport,
		names: names(options.broker?.prefix),
		intakeBytes: options.limits?.intakeBytes ?? 256 * mib,
		executors,
		heartbeatMs: options.worker?.heartbeatMs ?? 1000,
		version,
	});
}

type ServerParts = {
	readonly options: WarrenOptions;
	readonly data: string;
	readonly transport: Transport;
	readonly executors: Executors;
	readonly feed: Feed;
};

async function openServer(
	ambient: Ambient,
	{options, data, transport, executors, feed}: ServerParts,
): Promise<Server> {
	const {broker = {}, limits = {}, http} = options;
	const storeUrl = options.store?.url ?? `sqlite:${join(data, 'warren.db')}`;
	const named = names(broker.prefix);
	const store = await openStore(ambient, {url: storeUrl});
	const home = await openHome(ambient, {
		id: homeId(data),
		...{store, transport, names: named, feed},
		dispatch: (id, epoch) => createPull(ambient, {transport, names: named, home: id, epoch}),
		windowSize: options.dispatch?.window ?? 2000,
		groupMost: options.store?.groupMost ?? 2000,
		retentionMs: options.store?.retentionMs ?? 7 * day,
		intakeBytes: limits.intakeBytes ?? 256 * mib,
		events: options.events ?? true,
		dice: Math.random,
	});
	const about = {
		version,
		broker: redact(broker.url ?? 'memory:'),
		store: redact(storeUrl),
		startedAt: ambient.clock.now(),
	};
	const ids = monotonicFactory();
	const api = openApi({
		...{ambient, home, about, compile},
		check: build => executors.check(build),
		limits: {payloadBytes: limits.payloadBytes ?? 8 * mib},
		id: () => ids(ambient.clock.now()),
	});
	const amqp = createAmqpDoor(ambient, {api, transport, names: named});
	const doors = http ? [amqp, createRest(ambient, {api, feed, http})] : [amqp];
	return {home, store, api, doors};
}

/** A home keeps its name with its data: its tasks, its inbox and its epochs are under it. */
function homeId(data: string): string {
	const file = join(data, 'home');
	try {
		return readFileSync(file, 'utf8').trim();
	} catch {
		mkdirSync(data, {recursive: true});
		const id = `h${randomBytes(5).toString('hex')}`;
		writeFileSync(file, `${id}\n`);
		return id;
	}
}

/** A URL without its password, for people. */
function redact(url: string): string {
	return url.replace(/(\/\/[^:/@]*):[^@]*@/, '$1:***@');
}
