/**
 * How many workers each supervisor of a pool keeps: the number that was said last is kept in the store, the
 * server that leads splits it over the supervisors it hears of, and tells each its part until its heartbeat
 * says so. Orders may be lost or come twice; what a supervisor keeps is only ever what it was told last.
 */
import {randomUUID} from 'node:crypto';
import type {WorkerView} from '#contract/status.ts';
import {
	checkSupervisorBeat,
	type Rolling,
	type ScaleView,
	type SupervisorOrder,
	type SupervisorView,
} from '#contract/supervisor.ts';
import {again} from '#lib/clock.ts';
import {readJson} from '#lib/json.ts';
import type {Ambient} from '#observe/observe.ts';
import {createHearing} from '#runtime/hearing.ts';
import {type Homes, leader} from '#runtime/lead.ts';
import type {Store} from '#store/store.ts';
import {ear, type Names} from '#transport/topology.ts';
import type {Consumer, Delivery, Transport} from '#transport/transport.ts';
import {allot} from './allot.ts';
import {createSupervisorOrders} from './orders.ts';
import {gaugesOf} from './supervisorMetrics.ts';
import {createSupervisors} from './supervisors.ts';
import {viewOf} from './view.ts';

export type Scaler = {
	start(): Promise<void>;
	stop(): Promise<void>;
	/** Keeps the number, and sees to it from now on. @throws StoreTrouble */
	scale(pool: string, workers: number): Promise<ScaleView>;
	/** How many workers there should be and are. @throws StoreTrouble */
	view(pool: string): Promise<ScaleView>;
	/** Tells the supervisors of a pool to replace their workers, each so many at once. */
	restart(pool: string, mostAtOnce: number): Rolling;
	supervisors(): SupervisorView[];
};

type Parts = {
	readonly store: Pick<Store, 'scale' | 'scales'> & Homes;
	readonly transport: Transport;
	readonly names: Names;
	/** This server. */
	readonly home: string;
	/** The workers that it hears of. */
	readonly workers: () => readonly WorkerView[];
};

const lookMs = 1000;
/** Every supervisor beats once a second: whoever listens for less may know but some of them. */
const settleMs = 2500;

export function createScaler(ambient: Ambient, parts: Parts): Scaler {
	const {clock, log} = ambient;
	const {store, transport, names, home} = parts;
	const id = `${home}-scale`;
	const hearing = createHearing(clock, transport);
	const supervisors = createSupervisors(ambient, hearing);
	const order = createSupervisorOrders(ambient, transport, names);
	/** What a supervisor has not yet said that it has heard. */
	const restarts = new Map<string, SupervisorOrder & {type: 'restart'}>();
	let consumer: Consumer | undefined;
	let listensSince = Number.POSITIVE_INFINITY;
	let unwatch = () => {};
	let unlook = () => {};
	let callOff = () => {};
	let looking: Promise<void> | undefined;
	let stopped = false;

	const look = async (): Promise<void> => {
		const known = supervisors.list();
		if (known.length === 0 || clock.now() - listensSince < settleMs) return;
		if ((await leader(store, home)) !== home) return;
		const scales = new Map((await store.scales()).map(({pool, workers}) => [pool, workers]));
		for (const pool of new Set(known.map(one => one.pool))) {
			const keepers = supervisors.keepers(pool);
			const workers = scales.get(pool);
			const now = keepers.map(({id: one, wanted, tags}) => ({
				id: one,
				wanted: supervisors.told(one) ?? wanted,
				tags,
			}));
			const shares = workers === undefined ? undefined : allot(workers, now);
			for (const {id: one, wanted} of keepers) {
				const share = shares?.get(one) ?? null;
				if (share !== null) supervisors.tell(one, share);
				const asks = wanted === null;
				if (asks || (share !== null && share !== wanted)) order(one, {type: 'scale', workers: share});
			}
		}
	};
	const tick = async (): Promise<void> => {
		if (stopped) return;
		callOff();
		looking ??= look()
			.catch(error => log.warn({err: error}, 'supervisors could not be looked after; trying again'))
			.finally(() => {
				looking = undefined;
				if (!stopped) callOff = clock.after(lookMs, tick);
			});
		await looking;
	};
	const hear = ({body}: Delivery): 'ack' => {
		const checked = checkSupervisorBeat(readJson(body));
		if (!checked.ok) {
			log.warn({why: checked.why}, 'a heartbeat of a supervisor was not understood');
			return 'ack';
		}
		const {supervisor, restart, state} = checked.value;
		const {isNew} = supervisors.hear(checked.value);
		const pending = restarts.get(supervisor);
		if (pending && (restart?.id === pending.id || state !== 'running')) restarts.delete(supervisor);
		else if (pending) order(supervisor, pending);
		if (!isNew) return 'ack';
		void tick();
		return 'ack';
	};
	const collect = gaugesOf(ambient.metrics, supervisors);
	const listen = () => {
		listensSince = clock.now();
	};
	const view = async (pool: string): Promise<ScaleView> => {
		const said = (await store.scales()).find(one => one.pool === pool);
		return viewOf(pool, said?.workers ?? null, supervisors.list(), parts.workers());
	};
	return {
		async start() {
			await transport.declare({
				exchanges: [{name: names.control, type: 'topic'}],
				queues: [ear(names, id, ['heartbeat.supervisor.*'])],
			});
			consumer = await transport.consume(names.ear(id), {prefetch: 1000}, hear);
			// Who was not heard while the connection was lost is not gone for that.
			unwatch = transport.watch(state => void (state === 'up' && listen()));
			ambient.metrics.registry.collectors.add(collect);
			unlook = again(clock, lookMs, () => supervisors.look());
			listen();
			void tick();
		},
		async stop() {
			stopped = true;
			ambient.metrics.registry.collectors.delete(collect);
			unwatch();
			unlook();
			hearing.stop();
			await looking;
			callOff();
			await consumer?.cancel();
		},
		async scale(pool, workers) {
			await store.scale({pool, workers, at: clock.now()});
			log.info({pool, workers}, 'a pool is scaled');
			void tick();
			return view(pool);
		},
		view,
		restart(pool, mostAtOnce) {
			const keepers = supervisors.keepers(pool).map(one => one.id);
			const what = {type: 'restart', id: randomUUID(), mostAtOnce} as const;
			for (const one of keepers) {
				restarts.set(one, what);
				order(one, what);
			}
			log.info({pool, restart: what.id, supervisors: keepers}, 'the workers of a pool are replaced');
			return {id: what.id, pool, supervisors: keepers};
		},
		supervisors: () => supervisors.list(),
	};
}
