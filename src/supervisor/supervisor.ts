/**
 * A pool supervisor: keeps worker processes of one pool on one host. Servers tell it how many; it tells them
 * what it has.
 *
 * - What ends is started again: at once, then ever later as long as it keeps ending soon after its start.
 * - What stands still for half a minute is killed, and then has ended.
 * - Fewer are reached by draining: whatever runs is finished, or given back after the workers' drain timeout.
 * - Its workers do not outlive it: when it is killed they drain.
 * - It needs the broker and nothing else, and goes on as it is while that is away.
 */
import {hostname} from 'node:os';
import {checkSupervisorOrder, type SupervisorBeat} from '#contract/supervisor.ts';
import {messageTypes} from '#contract/work.ts';
import {readJson} from '#lib/json.ts';
import type {Ambient} from '#observe/observe.ts';
import {ear, type Names} from '#transport/topology.ts';
import type {Consumer, Delivery, Transport} from '#transport/transport.ts';
import type {Launch} from './child.ts';
import {createCrew} from './crew.ts';

export type Supervisor = {
	start(): Promise<void>;
	/** Drains all workers, and resolves when they are gone. */
	stop(): Promise<void>;
};

export type SupervisorParts = {
	readonly id: string;
	readonly pool: string;
	/** Of its workers. */
	readonly tags: readonly string[];
	/** How many workers it keeps as long as nobody has said how many there should be. */
	readonly workers: number;
	readonly transport: Transport;
	readonly names: Names;
	readonly launch: Launch;
	readonly drainTimeoutMs: number;
	/** So many questions in a row that a worker did not answer, and it is replaced. */
	readonly stillAfter?: number;
	readonly version: string;
};

const beatMs = 1000;
/** How long it waits for a server to say how many, before it starts as many as it was given. */
const patienceMs = 4000;

export function createSupervisor(ambient: Ambient, parts: SupervisorParts): Supervisor {
	const {clock, log, metrics} = ambient;
	const {id, pool, transport, names, version, launch, drainTimeoutMs, stillAfter} = parts;
	const tags = [...parts.tags];
	const startedAt = clock.now();
	let state: SupervisorBeat['state'] = 'running';
	let wanted: number | null = null;
	let isDue = false;
	let callOff = () => {};
	let unwait = () => {};
	let consumer: Consumer | undefined;
	let stopping: Promise<void> | undefined;

	/** What changes at the same moment is told at once, and once. */
	const soon = () => {
		if (isDue) return;
		isDue = true;
		queueMicrotask(() => {
			isDue = false;
			void beat();
		});
	};
	const crew = createCrew(ambient, {
		...{supervisor: id, launch, drainTimeoutMs, changed: soon},
		...(stillAfter !== undefined && {stillAfter}),
	});
	const beat = async (): Promise<void> => {
		const said: SupervisorBeat = {
			...{supervisor: id, pool, tags, host: hostname(), pid: process.pid, version, state, wanted, startedAt},
			...crew.report(),
			...{everyMs: beatMs, at: clock.now()},
		};
		metrics.published.inc({kind: 'heartbeat'});
		const message = {
			exchange: names.control,
			key: `heartbeat.supervisor.${id}`,
			body: Buffer.from(JSON.stringify(said)),
			properties: {type: messageTypes.supervisor, contentType: 'application/json'},
		};
		await transport
			.publish(message, {confirm: false})
			.catch(error => log.debug({err: error}, 'a heartbeat was not sent'));
	};
	const tick = () => {
		void beat();
		callOff = clock.after(beatMs, tick);
	};
	const keep = (workers: number, who: string) => {
		unwait();
		if (wanted === workers) return;
		log.info({pool, from: wanted, to: workers, who}, 'so many workers are kept');
		wanted = workers;
		crew.want(workers);
	};
	const obey = ({body}: Delivery): 'ack' => {
		const checked = checkSupervisorOrder(readJson(body));
		if (!checked.ok) log.warn({why: checked.why}, 'an order was not understood');
		else if (state !== 'running') log.debug({order: checked.value}, 'an order came too late');
		else if (checked.value.type === 'restart') {
			const {id: restart, mostAtOnce} = checked.value;
			log.info({pool, restart, mostAtOnce}, 'the workers are replaced');
			crew.restart(restart, mostAtOnce);
		} else if (checked.value.workers !== null) keep(checked.value.workers, 'a server');
		else if (wanted === null) keep(parts.workers, 'nobody');
		return 'ack';
	};
	const stop = async (): Promise<void> => {
		unwait();
		state = 'stopping';
		await crew.stop();
		state = 'stopped';
		callOff();
		await beat();
		await consumer?.cancel();
	};
	return {
		async start() {
			await transport.declare({
				exchanges: [{name: names.control, type: 'topic'}],
				queues: [ear(names, id, [`supervisor.${id}`])],
			});
			consumer = await transport.consume(names.ear(id), {prefetch: 100}, obey);
			if (stopping) return;
			unwait = clock.after(patienceMs, () => keep(parts.workers, 'nobody'));
			tick();
		},
		stop() {
			stopping ??= stop();
			return stopping;
		},
	};
}
