/**
 * Hands attempts to other areas that would wait too long here, and places all others as they always are.
 *
 * - Only where the caller allowed it, and only the first copy of an attempt: what is dispatched again, for
 *   whatever reason, stays, and is run by the workers that are here. Where there are none it is claimed (R13)
 *   and crosses again, to the very task that it was there. So it may go with the answer `alone`, too (R15): that
 *   keeps what may have ended a worker from its neighbours, which the area sees to for its own task.
 * - What crosses is in the hands of a worker, as its home sees it: it is placed there, named in heartbeats,
 *   stopped and lost like with any other, and its outcome is fenced by its attempt.
 * - An area that is away, refuses or falls silent gives it back: it is placed here, marked if it may have run.
 */
import type {Class, Lane} from '#actors/lane.ts';
import type {Build} from '#contract/build.ts';
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Dispatch, Office, Placed, Placement} from '#runtime/runtime.ts';
import type {Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {createAreaWorker} from './areaWorker.ts';
import {cross} from './crossing.ts';
import type {CrossingEnd} from './passage.ts';
import type {Peer} from './peer.ts';
import {createRests} from './rests.ts';
import {sharedDeploy} from './sharedDeploy.ts';
import {createWaitTime} from './waitTime.ts';

type Parts = {
	readonly here: Dispatch;
	readonly office: Office;
	readonly transport: Transport;
	readonly names: Names;
	readonly peers: readonly Peer[];
	/** The name of this area. */
	readonly own: string;
	/** Attempts in one area at once. */
	readonly most: number;
	/** What an attempt of each class may wait here, ms. */
	readonly targets: Readonly<Record<Class, number>>;
	readonly patienceMs: number;
	readonly build: (digest: string) => Promise<Build | undefined>;
};

/** For so long nothing is handed to an area that was away or has refused. */
const restMs = 5000;
const againMs = 250;
const lookMs = 250;
const mostVersions = 10_000;

type Crossing = {
	readonly area: string;
	readonly placement: Placement;
	readonly stop: AbortController;
	startedAt: number | null;
};

const nameOf = (task: string, attempt: number): string => `${task} ${attempt}`;

export function createSpill(ambient: Ambient, parts: Parts): Dispatch {
	const {clock, log, metrics} = ambient;
	const {here, office, most, targets} = parts;
	const crossings = new Map<string, Crossing>();
	const rests = createRests(clock, restMs);
	/**
	 * A server that has just begun does not know yet whether a worker is here; or there is none, and no area
	 * takes anything now.
	 */
	let undecided: {readonly placement: Placement; readonly placed: Placed}[] = [];
	/** Outcomes from elsewhere, by version, that are about to be measured as any other. */
	const foreign = new Map<string, number>();
	let counter = 0;

	const inArea = (area: string) => [...crossings.values()].filter(one => one.area === area);
	const isIn = ({pool, class: priority}: Lane, {row}: Placement) =>
		row.pool === pool && row.class === priority;
	const waitTime = createWaitTime(clock, {
		slots: pool => office.roster.live(pool).reduce((sum, {slots}) => sum + slots, 0),
		placed: lane =>
			office.load(lane) - [...crossings.values()].filter(({placement}) => isIn(lane, placement)).length,
	});
	/** Of versions placed here. */
	const pools = new Map<string, string>();
	const poolIs = (version: string, pool: string) => {
		pools.delete(version);
		pools.set(version, pool);
		if (pools.size > mostVersions) pools.delete(pools.keys().next().value as string);
	};

	const areas = parts.peers.map(peer => {
		const {area} = peer;
		const worker = createAreaWorker(ambient, {
			...{area, home: office.home, slots: most, transport: parts.transport, names: parts.names},
			held: () =>
				inArea(area).map(({placement: {row}, startedAt}) => {
					return {task: row.id, attempt: row.attempt, function: row.function, startedAt};
				}),
			stop: (task, attempt) => crossings.get(nameOf(task, attempt))?.stop.abort(),
			over: office.over,
		});
		return {peer, worker, deploy: sharedDeploy(peer)};
	});
	type Area = (typeof areas)[number];

	const decide = ({row, again}: Placement): Area | 'here' | 'later' => {
		if (!row.spill || office.over.aborted) return 'here';
		const wait = waitTime.of(row);
		if (wait === undefined) return 'later';
		if (wait <= targets[row.class] || (again && wait < Number.POSITIVE_INFINITY)) return 'here';
		const open = areas.find(({peer: {area}}) => {
			const isResting = rests.has(area) || rests.has(nameInArea(area, row.function));
			return !isResting && inArea(area).length < most;
		});
		// With nobody here to run it, it is as well off in this process, from where it can still go.
		return open ?? (wait === Number.POSITIVE_INFINITY ? 'later' : 'here');
	};
	const nameInArea = (area: string, fn: string) => `${area} ${fn}`;
	/** No worker here can run it, so whatever were put into its queue would stay there. */
	const isDeserted = ({row}: Placement) => waitTime.of(row) === Number.POSITIVE_INFINITY;

	const back = (area: Area, placement: Placement, end: CrossingEnd & {how: 'back'}, placed: Placed) => {
		const {row} = placement;
		const {why, again} = end;
		log.warn({task: row.id, attempt: row.attempt, area: area.peer.area, why}, 'an area gave an attempt back');
		metrics.spilled.inc({area: area.peer.area, how: 'back'});
		if (end.rest === 'area') rests.begin(area.peer.area);
		if (end.rest === 'function') rests.begin(nameInArea(area.peer.area, row.function));
		place([{...placement, again}], (_, to) => placed(placement, to));
	};
	const report = async (
		{worker, peer}: Area,
		{row}: Placement,
		{item, result, logs}: CrossingEnd & {how: 'ended'},
	): Promise<void> => {
		const {id: task, attempt, function: fn, version} = row;
		metrics.spilled.inc({area: peer.area, how: item.failure ? 'failed' : 'succeeded'});
		const whole = {...item, id: `${worker.id}.${++counter}`, task, attempt, function: fn};
		foreign.set(version, (foreign.get(version) ?? 0) + 1);
		while (!office.over.aborted) {
			const taken = await new Promise<boolean>(resolve =>
				office.reports.outcome({item: whole, result, logs}, resolve),
			);
			if (taken) return;
			await pause(clock, againMs, office.over);
		}
	};
	const claim = ({worker}: Area, {row: {id: task, attempt}}: Placement) => {
		const copy = `${worker.id}.${++counter}`;
		return office.reports.claim({task, attempt, copy, worker: worker.id, redelivered: false, alone: false});
	};
	const travel = async (area: Area, crossing: Crossing, placed: Placed): Promise<void> => {
		const {peer, worker, deploy} = area;
		const {placement, stop} = crossing;
		const {id, attempt} = placement.row;
		await worker.join();
		const grant = placement.again ? await claim(area, placement) : 'yes';
		if (grant !== 'yes' && !(grant === 'alone' && isDeserted(placement))) {
			crossings.delete(nameOf(id, attempt));
			if (grant === 'no') placed(placement, worker.id);
			else wait(placement, placed);
			return;
		}
		const end = await cross({
			...{clock, peer, placement, deploy, own: parts.own, patienceMs: parts.patienceMs, build: parts.build},
			...{stopped: stop.signal, over: office.over},
			taken() {
				metrics.spilled.inc({area: peer.area, how: 'taken'});
				placed(placement, worker.id);
				worker.beat();
			},
			started() {
				crossing.startedAt = clock.now();
				worker.beat();
			},
		});
		if (end.how === 'ended') await report(area, placement, end);
		crossings.delete(nameOf(id, attempt));
		// Named any longer, it would look like one that runs though it is over.
		if (end.how !== 'left') worker.beat();
		if (end.how === 'back') back(area, placement, end, placed);
	};
	const send = (area: Area, placement: Placement, placed: Placed) => {
		const {id, attempt} = placement.row;
		const crossing = {area: area.peer.area, placement, stop: new AbortController(), startedAt: null};
		crossings.set(nameOf(id, attempt), crossing);
		travel(area, crossing, placed).catch(error => {
			log.error({err: error, task: id}, 'an attempt could not be followed in its area');
			crossings.delete(nameOf(id, attempt));
			back(area, placement, {how: 'back', why: String(error), again: true, rest: 'area'}, placed);
		});
	};
	const place = (placements: readonly Placement[], placed: Placed): void => {
		const staying: Placement[] = [];
		for (const placement of placements) {
			poolIs(placement.row.version, placement.row.pool);
			const way = decide(placement);
			if (way === 'here') staying.push(placement);
			else if (way === 'later') wait(placement, placed);
			else send(way, placement, placed);
		}
		if (staying.length > 0) here.place(staying, placed);
	};
	const wait = (placement: Placement, placed: Placed): void => {
		const isAlone = isDeserted(placement);
		// It may take hours: what its commit owed is done, and what has become of it is asked before it goes.
		const [first] = areas;
		if (isAlone && first) placed(placement, first.worker.id);
		const later = isAlone ? {...placement, again: true} : placement;
		const forOriginal: Placed = (_, to) => placed(placement, to);
		if (undecided.push({placement: later, placed: forOriginal}) > 1) return;
		clock.after(lookMs, () => {
			const waiting = undecided;
			undecided = [];
			for (const one of waiting) place([one.placement], one.placed);
		});
	};
	const isUndecided = (task: string, attempt: number) =>
		undecided.some(({placement: {row}}) => row.id === task && row.attempt === attempt);

	return {
		place,
		measured(version, runMs) {
			const elsewhere = foreign.get(version) ?? 0;
			if (elsewhere > 1) foreign.set(version, elsewhere - 1);
			else foreign.delete(version);
			if (elsewhere > 0) return;
			here.measured(version, runMs);
			const pool = pools.get(version);
			if (pool !== undefined) waitTime.ended(pool, runMs);
		},
		holds: (task, attempt) =>
			crossings.has(nameOf(task, attempt)) || isUndecided(task, attempt) || here.holds(task, attempt),
		outlives: pool => here.outlives(pool),
		mayBeAway: ({spill}) => spill,
	};
}
