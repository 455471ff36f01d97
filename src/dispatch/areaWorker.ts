// What a server has handed to another area, as everybody else sees it: a worker, in a pool of its own, that
// says in its heartbeats what it holds and obeys orders to stop. So a task that runs elsewhere is shown,
// cancelled and kept from expiring as one that runs here, whichever server is asked.
import {checkOrder, type Heartbeat} from '#contract/control.ts';
import {messageTypes} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import type {Ambient} from '#observe/observe.ts';
import {ear, type Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {version} from '#version.ts';

export type AreaWorker = {
	readonly id: string;
	/** Resolves once it hears orders. */
	join(): Promise<void>;
	/** Says now what it holds. */
	beat(): void;
};

type Parts = {
	readonly area: string;
	readonly home: string;
	readonly slots: number;
	readonly transport: Transport;
	readonly names: Names;
	readonly held: () => Heartbeat['held'];
	readonly stop: (task: string, attempt: number) => void;
	readonly over: AbortSignal;
};

const everyMs = 1000;

/** No pool of workers: nothing is placed there. */
export const areaPool = (area: string): string => `area-${area}`;

export function createAreaWorker({clock, log, metrics}: Ambient, parts: Parts): AreaWorker {
	const {area, home, transport, names, over} = parts;
	const id = `${areaPool(area)}-${home.replaceAll(/[^A-Za-z0-9-]/g, '-')}`;
	const startedAt = clock.now();
	let joining: Promise<void> | undefined;

	const beat = (): void => {
		if (over.aborted) return;
		const held = parts.held();
		const heartbeat: Heartbeat = {
			...{worker: id, pool: areaPool(area), host: area, pid: process.pid, version, slots: parts.slots},
			state: held.length > 0 ? 'busy' : 'idle',
			...{held, startedAt, everyMs, at: clock.now(), warm: {}, rssBytes: 0, executors: 0, restarts: 0},
		};
		metrics.published.inc({kind: 'heartbeat'});
		const message = {
			exchange: names.control,
			key: `heartbeat.${id}`,
			body: Buffer.from(JSON.stringify(heartbeat)),
		};
		transport
			.publish({...message, properties: {type: messageTypes.heartbeat}}, {confirm: false})
			.catch(error => log.debug({err: error}, 'a heartbeat was not sent'));
	};
	const tick = () => {
		beat();
		if (!over.aborted) callOff = clock.after(everyMs, tick);
	};
	let callOff = () => {};

	const join = async (): Promise<void> => {
		await transport.declare({exchanges: [], queues: [ear(names, id, [`worker.${id}`, 'worker.all'])]});
		const consumer = await transport.consume(names.ear(id), {prefetch: 1000}, ({body}) => {
			const order = checkOrder(decodeFrame<unknown>(body).head);
			if (order.ok && order.value.type === 'stop') {
				for (const {task, attempt} of order.value.stops) parts.stop(task, attempt);
			}
			return 'ack';
		});
		const leave = () => {
			callOff();
			consumer.cancel().catch(error => log.debug({err: error}, 'an ear could not be closed'));
		};
		over.addEventListener('abort', leave, {once: true});
		if (over.aborted) leave();
		else tick();
	};
	return {
		id,
		join() {
			joining ??= join().catch(error => {
				joining = undefined;
				throw error;
			});
			return joining;
		},
		beat,
	};
}
