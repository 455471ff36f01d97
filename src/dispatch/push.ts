// Push: this server chooses the worker from the roster, and puts attempts into its mailbox. What it sends
// counts as load from then on, and until the outcome comes. A worker is sent no more of a class than it can
// soon run; what finds no room waits here, in the order of its lane. Without any live worker nothing waits
// here: the pool's queue has it, as with `pull`. What a lost worker had is dispatched again by the audit,
// which knows where everything was sent (R26).
import type {Class} from '#actors/lane.ts';
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Live} from '#runtime/roster.ts';
import type {Dispatch, Office} from '#runtime/runtime.ts';
import type {Names} from '#transport/topology.ts';
import {type Transport, TransportDown} from '#transport/transport.ts';
import {marked} from './late.ts';
import {createLobby, type Lobby, type Waiting} from './lobby.ts';
import type {Packer} from './pack.ts';
import type {Post} from './post.ts';
import {createSendings} from './sendings.ts';
import type {Candidate, Strategy} from './strategy.ts';

type Parts = Pick<Office, 'roster' | 'reports' | 'over'> & {
	readonly transport: Transport;
	readonly names: Names;
	readonly packer: Packer;
	readonly post: Post;
	/** Where all goes that no live worker is there for. */
	readonly pull: Dispatch;
	readonly strategyOf: (pool: string) => Strategy;
};

/** Lists of each class for each slot: one runs, one waits, so that a slot never waits for this server. */
const spare = 2;
/** How often it is looked whether workers came, went, or said something. */
const lookMs = 100;
/** A look so late says that this process stood still. */
const stillMs = 400;
const againMs = 500;
/** What was sent so long before a heartbeat that does not name it is not there. */
const namedMs = 2000;

export function createPush({clock, log}: Ambient, parts: Parts): Dispatch {
	const {transport, names, roster, reports, over, packer, post, pull, strategyOf} = parts;
	const sendings = createSendings();
	const lobbies = new Map<string, Lobby>();
	const waiting = new Map<string, number>();
	/** Those whose mailbox was not there; until their next heartbeat. */
	const gone = new Map<string, number>();
	const heardAt = new Map<string, number>();
	let lookedAt = clock.now();
	let due = false;

	const lobbyOf = (pool: string): Lobby => {
		const lobby = lobbies.get(pool) ?? createLobby(version => packer.capacity(version));
		lobbies.set(pool, lobby);
		return lobby;
	};
	const put = (one: Waiting) => {
		const {id, attempt, pool} = one.placement.row;
		waiting.set(id, attempt);
		lobbyOf(pool).put(one);
	};
	const leave = (list: readonly Waiting[]) => {
		for (const {placement} of list) waiting.delete(placement.row.id);
	};
	const toQueue = (list: readonly Waiting[]) => {
		leave(list);
		const placed = new Map(list.map(one => [one.placement.row.id, one]));
		const placements = list.map(({placement}) => placement);
		pull.place(placements, ({row}, to) => {
			const one = placed.get(row.id);
			one?.placed(one.placement, to);
		});
	};
	const live = (pool: string): Live[] => {
		const all = roster.live(pool).filter(one => gone.get(one.worker) !== one.heardAt);
		for (const one of all) {
			if (heardAt.get(one.worker) === one.heardAt) continue;
			heardAt.set(one.worker, one.heardAt);
			sendings.heard(one.worker, roster.heldBy(one.worker), one.heardAt - namedMs);
		}
		return all;
	};

	/** Whether the broker has it is not known, so every further publish is marked and travels alone (R9). */
	const repeat = async (list: readonly Waiting[]): Promise<void> => {
		await pause(clock, againMs);
		for (const one of list) put({...one, placement: {...one.placement, again: true}});
		drain();
	};
	const send = async (worker: Live, list: readonly Waiting[]): Promise<void> => {
		const pack = list.map(({placement}) => placement);
		sendings.sent(worker.worker, pack, clock.now());
		leave(list);
		try {
			const published = await post(pack, names.worker(worker.worker));
			if (published === 'taken') {
				for (const {placement, placed} of list) placed(placement, worker.worker);
				return;
			}
			// A mailbox goes with its worker.
			gone.set(worker.worker, worker.heardAt);
			sendings.failed(pack);
			for (const one of list) put(one);
			drain();
		} catch (error) {
			if (!(error instanceof TransportDown)) throw error;
			log.warn({err: error, attempts: list.length}, 'a dispatch is not confirmed; dispatching again');
			sendings.failed(pack);
			await repeat(list);
		}
	};
	const give = (pool: string, workers: readonly Live[], hasRoom: HasRoom) => (list: readonly Waiting[]) => {
		const [first] = list;
		if (!first) return;
		const {class: priority, function: fn} = first.placement.row;
		const open = workers.filter(one => hasRoom(one, priority));
		const [one, ...others] = open.map(worker => sendings.candidate(worker, fn));
		if (!one) return;
		const chosen: Candidate = strategyOf(pool)(fn, [one, ...others]);
		const worker = open.find(({worker: id}) => id === chosen.worker);
		const of = new Map(list.map(waits => [waits.placement, waits]));
		for (const pack of packer.pack(list.map(({placement}) => placement))) {
			const waits = pack.flatMap(placement => of.get(placement) ?? []);
			if (worker) send(worker, waits).catch(error => log.error({err: error}, 'a dispatch failed'));
		}
	};
	const hasRoom: HasRoom = ({worker, slots}, priority) => sendings.given(worker, priority) < slots * spare;
	const drainPool = (pool: string, lobby: Lobby) => {
		if (lobby.size === 0) return;
		const workers = live(pool);
		if (workers.length === 0) toQueue(lobby.clear());
		else lobby.empty(priority => workers.some(one => hasRoom(one, priority)), give(pool, workers, hasRoom));
	};
	const drain = () => {
		for (const [pool, lobby] of lobbies) drainPool(pool, lobby);
	};
	const drainSoon = () => {
		if (due) return;
		due = true;
		setImmediate(() => {
			due = false;
			drain();
		});
	};
	/** What waited while this process stood still may be dispatched already by who took it for dead (R20). */
	const mark = () => {
		for (const lobby of lobbies.values()) {
			for (const one of lobby.clear()) lobby.put({...one, placement: {...one.placement, again: true}});
		}
	};
	const forget = (worker: string) => {
		sendings.forget(worker);
		heardAt.delete(worker);
		gone.delete(worker);
	};
	const look = () => {
		if (over.aborted) return;
		if (clock.now() - lookedAt > lookMs + stillMs) mark();
		lookedAt = clock.now();
		for (const worker of new Set([...sendings.workers(), ...heardAt.keys(), ...gone.keys()])) {
			const state = roster.stateOf(worker);
			if (state === undefined || state === 'lost' || state === 'stopped') forget(worker);
		}
		drain();
		for (const [pool, lobby] of lobbies) if (lobby.size === 0) lobbies.delete(pool);
		clock.after(lookMs, look);
	};
	clock.after(lookMs, look);
	// And so may what waits here while this node can't reach the broker.
	const unwatch = transport.watch(state => void (state === 'down' && mark()));
	reports.watch((task, attempt) => {
		sendings.ended(task, attempt);
		drainSoon();
	});
	// Whoever stops leaves nothing waiting here.
	over.addEventListener('abort', () => {
		unwatch();
		for (const lobby of lobbies.values()) toQueue(lobby.clear());
	});
	return {
		place(placements, placed) {
			// Nothing empties the lobby any more.
			if (over.aborted) return pull.place(placements, placed);
			const pools = new Set<string>();
			for (const placement of marked(placements, clock.now())) {
				put({placement, placed});
				pools.add(placement.row.pool);
			}
			for (const pool of pools) drainPool(pool, lobbyOf(pool));
		},
		measured: (version, runMs) => packer.measured(version, runMs),
		holds: (task, attempt) => waiting.get(task) === attempt,
		outlives: () => transport.durable,
	};
}

type HasRoom = (worker: Live, priority: Class) => boolean;
