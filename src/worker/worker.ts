/**
 * A worker: takes attempts from its pool's queues, from its own mailbox and from a server beside it, runs
 * them in its executors, sends the outcomes home. It needs the broker and nothing else: no store, no server's address.
 *
 * - A work message is acked when each of its attempts has its outcome confirmed, or was denied (R23).
 * - `drain` takes nothing new, gives back what has not started, and resolves when all is over.
 */
import {classes, defaultClass, partsOf} from '#actors/lane.ts';
import type {Ask} from '#contract/control.ts';
import {mailboxPrefetch, messageTypes, type Work} from '#contract/work.ts';
import type {Ambient} from '#observe/observe.ts';
import {type Names, workerTopology} from '#transport/topology.ts';
import type {Consumer, Transport} from '#transport/transport.ts';
import {createClaims} from './claims.ts';
import type {Executors} from './executors.ts';
import {createHeld} from './held.ts';
import {createInlet, type Inlet} from './inlet.ts';
import {createJobs} from './job.ts';
import {createMailbox} from './mailbox.ts';
import {createOrders} from './orders.ts';
import {createOutbox} from './outbox.ts';
import {createPulse} from './pulse.ts';
import {createSlots} from './slots.ts';
import {createVersions} from './versions.ts';
import {createWorks} from './works.ts';

export type Worker = {
	readonly id: string;
	/** For a server in the same process. */
	readonly inlet: Inlet;
	start(): Promise<void>;
	/** Settles when it begins to drain, told from outside or by `drain`. */
	readonly drains: Promise<void>;
	/** Settles when it was told to drain, from outside or by `drain`, and has. */
	readonly drained: Promise<void>;
	drain(): Promise<void>;
	/** Kills what is left; the broker gives its deliveries to others. */
	stop(): Promise<void>;
};

type Parts = {
	readonly id: string;
	readonly pool: string;
	/** What functions may need of it. */
	readonly tags?: readonly string[];
	readonly transport: Transport;
	readonly names: Names;
	readonly executors: Executors;
	readonly heartbeatMs: number;
	/** A file to touch at each heartbeat. */
	readonly heartbeatFile?: string;
	readonly version: string;
	/** Who started it, where somebody keeps it. */
	readonly supervisor?: string;
};

/**
 * Messages of each class that a worker has in hand, for each slot: one runs, one waits, so that a slot never
 * waits for the broker. No more: what waits here of `low` could run in another worker.
 */
const spare = 2;

export function createWorker(ambient: Ambient, parts: Parts): Worker {
	const {log} = ambient;
	const {id, transport, names, executors} = parts;
	const held = createHeld();
	const slots = createSlots(executors.slots);
	const claims = createClaims(ambient, {worker: id, transport, names});
	const versions = createVersions(ambient, {worker: id, transport, names});
	const outbox = createOutbox(ambient, {worker: id, transport, names});
	const pulse = createPulse(ambient, {...parts, held, slots});
	const killed = new AbortController();
	const {promise: ready, resolve: tellReady} = Promise.withResolvers<void>();
	const jobs = createJobs(ambient, {worker: id, executors, slots, versions, held});
	const inlet = createInlet(ambient, {worker: id, pool: parts.pool, jobs, slots, held, ready});
	const works = createWorks(ambient, {jobs, claims, held, outbox, killed: killed.signal});
	const pools = partsOf(parts.pool, parts.tags);
	const queueOf = ({pool = parts.pool, class: priority = defaultClass}: Partial<Work>) =>
		names.work(pool, priority);
	const mailbox = createMailbox(ambient, {transport, works, queueOf});
	const consumers: Consumer[] = [];
	/** Nothing starts any more: what waits for a slot, a grant or its code goes back to the broker. */
	const turnAway = () => {
		slots.close();
		claims.close();
		versions.close();
		tellReady();
	};
	let unwatch = () => {};
	const {promise: drains, resolve: tellDrains} = Promise.withResolvers<void>();
	const {promise: drained, resolve: tellDrained} = Promise.withResolvers<void>();
	let draining: Promise<void> | undefined;

	const drain = async (): Promise<void> => {
		log.info({worker: id, held: held.size}, 'the worker drains');
		tellDrains();
		pulse.enter('drain');
		turnAway();
		const [ear, letters, ...work] = consumers;
		await Promise.all(work.map(consumer => consumer.cancel()));
		// Not before: what is sent to it meanwhile is handed back at once.
		await mailbox.idle();
		await inlet.idle();
		await letters?.cancel();
		await ear?.cancel();
		unwatch();
		await pulse.stop();
		tellDrained();
	};
	const worker: Worker = {
		...{id, inlet, drains, drained},
		async start() {
			await executors.start();
			await transport.declare(workerTopology(names, id, pools));
			const orders = createOrders(ambient, {
				held,
				executors,
				claims,
				versions,
				drain: () => void worker.drain(),
			});
			consumers.push(await transport.consume(names.ear(id), {prefetch: 1000}, orders));
			// What was said while nobody listened here is asked for.
			unwatch = transport.watch(state => void (state === 'up' && askStops(ambient, transport, names, id)));
			await askStops(ambient, transport, names, id);
			if (draining) return;
			consumers.push(await transport.consume(names.worker(id), {prefetch: mailboxPrefetch}, mailbox.take));
			const prefetch = executors.slots * spare;
			for (const pool of pools) {
				for (const priority of classes) {
					consumers.push(await transport.consume(names.work(pool, priority), {prefetch}, works));
				}
			}
			pulse.enter('ready');
			pulse.start();
			tellReady();
		},
		drain() {
			draining ??= drain();
			return draining;
		},
		async stop() {
			turnAway();
			if (held.size > 0) {
				const tasks = held.list().map(({task}) => task);
				log.warn({worker: id, tasks}, 'the worker ends before what it holds; it runs again elsewhere');
			}
			const cancelled = consumers.map(consumer => consumer.cancel());
			killed.abort();
			await Promise.all(cancelled);
			unwatch();
			await pulse.stop();
			await executors.close();
		},
	};
	return worker;
}

/** R24: what was cancelled before this worker could hear of it. The answer comes as a `stop` order. */
async function askStops(
	{log, metrics}: Ambient,
	transport: Transport,
	names: Names,
	worker: string,
): Promise<void> {
	const ask: Ask = {type: 'stops', ask: `${worker}.stops`, worker};
	const message = {exchange: '', key: names.functions, body: Buffer.from(JSON.stringify(ask))};
	metrics.published.inc({kind: 'ask'});
	await transport
		.publish({...message, properties: {type: messageTypes.ask}})
		.catch(error => log.debug({err: error}, 'tombstones could not be asked for'));
}
