/**
 * A worker: takes attempts from its pool's queue, runs them in its executors, sends the outcomes
 * home. It needs the broker and nothing else: no store, no server's address.
 *
 * - A work message is acked when each of its attempts has its outcome confirmed, or was denied (R23).
 * - `drain` takes nothing new, gives back what has not started, and resolves when all is over.
 */
import type {Ask} from '#contract/control.ts';
import {messageTypes} from '#contract/work.ts';
import type {Ambient} from '#observe/observe.ts';
import {type Names, workerTopology} from '#transport/topology.ts';
import type {Consumer, Transport} from '#transport/transport.ts';
import {createClaims} from './claims.ts';
import type {Executors} from './executors.ts';
import {createHeld} from './held.ts';
import {createJobs} from './job.ts';
import {createOrders} from './orders.ts';
import {createOutbox} from './outbox.ts';
import {createPulse} from './pulse.ts';
import {createSlots} from './slots.ts';
import {createVersions} from './versions.ts';

export type Worker = {
	readonly id: string;
	start(): Promise<void>;
	/** Settles when it was told to drain, from outside or by `drain`, and has. */
	readonly drained: Promise<void>;
	drain(): Promise<void>;
	/** Kills what is left; the broker gives its deliveries to others. */
	stop(): Promise<void>;
};

type Parts = {
	readonly id: string;
	readonly pool: string;
	readonly class: string;
	readonly transport: Transport;
	readonly names: Names;
	readonly executors: Executors;
	readonly heartbeatMs: number;
	readonly version: string;
};

/** Messages beyond the slots that wait in the worker, so that a slot never waits for the broker. */
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
	const jobs = createJobs(ambient, {worker: id, executors, slots, claims, versions, held, outbox});
	const consumers: Consumer[] = [];
	const {promise: drained, resolve: tellDrained} = Promise.withResolvers<void>();
	let draining: Promise<void> | undefined;

	const drain = async (): Promise<void> => {
		log.info({worker: id, held: held.size}, 'the worker drains');
		pulse.enter('drain');
		slots.close();
		claims.close();
		const [work, ear] = consumers;
		await work?.cancel();
		await slots.empty();
		await ear?.cancel();
		versions.close();
		await pulse.stop();
		tellDrained();
	};
	const worker: Worker = {
		id,
		drained,
		async start() {
			await executors.start();
			await transport.declare(workerTopology(names, id));
			const orders = createOrders(ambient, {
				held,
				executors,
				claims,
				versions,
				drain: () => void worker.drain(),
			});
			const ear = await transport.consume(names.ear(id), {prefetch: 1000}, orders);
			await askStops(transport, names, id);
			const queue = names.work(parts.pool, parts.class);
			const work = await transport.consume(queue, {prefetch: executors.slots * spare}, jobs);
			consumers.push(work, ear);
			pulse.enter('ready');
			pulse.start();
		},
		drain() {
			draining ??= drain();
			return draining;
		},
		async stop() {
			pulse.enter('stop');
			await executors.close();
		},
	};
	return worker;
}

/** R24: what was cancelled before this worker could hear of it. The answer comes as a `stop` order. */
async function askStops(transport: Transport, names: Names, worker: string): Promise<void> {
	const ask: Ask = {type: 'stops', ask: `${worker}.stops`, worker};
	const body = Buffer.from(JSON.stringify(ask));
	await transport.publish({exchange: '', key: names.functions, body, properties: {type: messageTypes.ask}});
}
