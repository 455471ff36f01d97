// What of the backlog may be placed now: as the window has room, but nothing of a function or pool that is
// paused, and of a function no more than its limit; and nothing at all that could not be carried. What changes
// that, here or at another server, is heard here.
import type {Task} from '#actors/task.ts';
import type {News} from '#contract/control.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store, Waiting} from '#store/store.ts';
import type {Transport} from '#transport/transport.ts';
import {createFunctions, type Functions} from './functions.ts';
import type {Letter, Settled} from './letter.ts';
import {createLimits} from './limits.ts';
import {createPausedPools, type PausedPools} from './pausedPools.ts';
import {createReach, type Reach} from './reach.ts';
import {place, refill} from './refill.ts';
import {takeStock} from './stocktaking.ts';
import {createWindow, type Window} from './window.ts';

export type Placing = {
	readonly functions: Functions;
	readonly pools: PausedPools;
	readonly window: Window;
	/** Out of it all waits in the store. */
	readonly reach: Reach;
	/** A batch is over: what it has left room for goes on, here or at another server. */
	moved(): void;
	/** Another server has changed something, or has left room for something. */
	hear(said: News): void;
	/** Reads what others may have changed. */
	load(): Promise<void>;
	/** Counts in the store what waits and what is placed. @throws StoreTrouble */
	recount(): Promise<void>;
	/** Nothing keeps the oldest of these that wait in the store from being placed. */
	shouldMove(of: Waiting): boolean;
	/** Resolves once it is placed, or was seen not to be one that may be. */
	place(task: string): Promise<Settled>;
	/** What the store is to judge: it alone sees what all homes place. */
	most(fn: string): number | undefined;
};

type Parts = {
	readonly home: string;
	readonly store: Store;
	readonly transport: Pick<Transport, 'watch'>;
	/** Attempts in each lane. */
	readonly size: number;
	readonly tell: (letter: Letter) => void;
	readonly news: (news: News) => void;
	/** Has `recount` called before anything else is decided. */
	readonly askRecount: () => void;
	/** Aborted: nothing is moved any more. */
	readonly over: AbortSignal;
};

/** What the store has refused shows that others place too: they are looked at again after this. */
const wrongMs = 100;

export async function openPlacing(ambient: Ambient, parts: Parts): Promise<Placing> {
	const {home, store, tell, askRecount, over} = parts;
	const {log, clock} = ambient;
	const news = (said: News) => {
		if (store.shared) parts.news(said);
	};
	const functions = createFunctions(ambient, store, tell, name => {
		if (limits.changed()) askRecount();
		look(true);
		if (name !== undefined) news({about: 'function', from: home, name});
	});
	let isOpen = false;
	const pools = createPausedPools(store, pool => {
		// Before all is read nothing may move.
		if (isOpen) look(true);
		if (pool !== undefined) news({about: 'pool', from: home, name: pool});
	});
	let asked = false;
	const limits = createLimits(functions.limits, () => {
		if (asked) return;
		asked = true;
		clock.after(wrongMs, () => {
			asked = false;
			askRecount();
		});
	});
	const stock = await takeStock(store, home);
	const reach = createReach(parts.transport, over, () => look(true));
	const stays = (pool: string) => reach.isOut || pools.has(pool);
	const held = {
		...{functions: functions.paused, pools: {has: stays}},
		has: (task: Parameters<Functions['versionFor']>[0]) => functions.versionFor(task) !== task.version,
	};
	const window = createWindow(home, parts.size, stock, held, limits);
	const moving = {
		...{store, window, tell, over, recount: askRecount},
		versionFor: (task: Task) => (stays(task.pool) ? undefined : functions.versionFor(task)),
	};
	const look = refill(ambient, moving);
	const load = async () => {
		await functions.load();
		await pools.load();
	};
	/** Whoever waits for it elsewhere can have what nobody waits for here. */
	const offer = () => {
		for (const fn of limits.takeFreed()) {
			if (store.shared && window.waiting(fn) === 0) news({about: 'room', from: home, name: fn});
		}
	};
	await load();
	// Only now is it known which functions have a limit.
	window.recount(stock);
	isOpen = true;
	return {
		...{functions, pools, window, reach, load},
		moved() {
			offer();
			look();
		},
		hear(said) {
			const read = (work: Promise<unknown>) =>
				work.catch(error => log.debug({err: error, about: said.about}, 'news could not be looked at'));
			if (said.about === 'function') void read(functions.current(said.name));
			else if (said.about === 'pool') void read(pools.load());
			else if (said.about === 'room') {
				limits.add(said.name, 0, -1);
				look(true);
			}
		},
		shouldMove(of) {
			if (stays(of.pool) || functions.paused.has(of.function)) return false;
			// Where a function may run so many at once, its lanes take turns.
			if (limits.functions.has(of.function) && limits.placed(of.function) > 0) return false;
			const lane = window.of(of);
			return lane.room || lane.wanted > 0;
		},
		place: task => place(task, moving, () => {}),
		recount: async () => window.recount(await takeStock(store, home)),
		most: fn => (store.shared ? functions.limits.get(fn) : undefined),
	};
}
