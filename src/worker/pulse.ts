// The worker's own life and its heartbeat. The timer runs in the worker's process, which runs no user
// code, so a busy function can't make it miss a beat.
import {hostname} from 'node:os';
import {decideWorker} from '#actors/decide.ts';
import type {LiveState, WorkerEvent, WorkerRow, WorkerState} from '#actors/worker.ts';
import type {Heartbeat} from '#contract/control.ts';
import {messageTypes} from '#contract/work.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import type {Executors} from './executors.ts';
import {createHeartbeatFile} from './heartbeatFile.ts';
import type {Held} from './held.ts';
import type {Slots} from './slots.ts';

export type Pulse = {
	enter(event: 'ready' | 'drain'): void;
	start(): void;
	/** The last beat says `stopped`. */
	stop(): Promise<void>;
};

type Parts = {
	readonly id: string;
	readonly pool: string;
	readonly tags?: readonly string[];
	readonly version: string;
	readonly heartbeatMs: number;
	/** A file to touch at each heartbeat. */
	readonly heartbeatFile?: string;
	/** Who started it, where somebody keeps it. */
	readonly supervisor?: string;
	readonly transport: Transport;
	readonly names: Names;
	readonly executors: Executors;
	readonly held: Held;
	readonly slots: Slots;
};

/** States in which attempts may be inside. */
const works: ReadonlySet<WorkerState> = new Set(['idle', 'busy', 'draining']);

export function createPulse({clock, log, metrics}: Ambient, parts: Parts): Pulse {
	const {id: worker, pool, version, transport, names, executors, held, slots} = parts;
	const startedAt = clock.now();
	let row: WorkerRow = {id: worker, pool, state: 'starting', busy: 0, missed: 0, updatedAt: startedAt};
	let callOff = () => {};
	const touch = parts.heartbeatFile === undefined ? () => {} : createHeartbeatFile(log, parts.heartbeatFile);

	const step = (event: WorkerEvent): void => {
		const next = decideWorker(row, event);
		if (!next) metrics.refused.inc({actor: 'worker', type: event.type});
		row = next ?? row;
	};
	const beat = async (): Promise<void> => {
		if (works.has(row.state)) step({type: 'load', at: clock.now(), busy: slots.inside});
		const report = executors.report();
		const heartbeat: Heartbeat = {
			...{worker, pool, host: hostname(), pid: process.pid, version, state: row.state as LiveState},
			...{slots: executors.slots, held: held.list(), startedAt, everyMs: parts.heartbeatMs},
			at: clock.now(),
			freeBytes: process.availableMemory(),
			...(parts.tags && {tags: [...parts.tags]}),
			...(parts.supervisor !== undefined && {supervisor: parts.supervisor}),
			...report,
		};
		const body = Buffer.from(JSON.stringify(heartbeat));
		const message = {
			exchange: names.control,
			key: `heartbeat.${worker}`,
			body,
			properties: {type: messageTypes.heartbeat},
		};
		metrics.published.inc({kind: 'heartbeat'});
		await transport.publish(message, {confirm: false});
	};
	const tick = () => {
		touch();
		beat().catch(error => log.debug({err: error}, 'a heartbeat was not sent'));
		callOff = clock.after(parts.heartbeatMs, tick);
	};
	return {
		enter: event => step({type: event, at: clock.now()}),
		start: tick,
		async stop() {
			callOff();
			if (row.state === 'stopped') return;
			step({type: 'stop', at: clock.now()});
			await beat().catch(() => {});
		},
	};
}
