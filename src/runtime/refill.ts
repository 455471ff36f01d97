import type {Task} from '#actors/task.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store, TaskRow} from '#store/store.ts';
import type {LaneWindow} from './laneWindow.ts';
import type {Event, Letter, Settled} from './letter.ts';
import type {Window} from './window.ts';

type Parts = {
	readonly store: Store;
	readonly window: Window;
	readonly tell: (letter: Letter) => void;
	/** What a waiting task is to run; undefined: nothing, its function or its pool is paused. */
	readonly versionFor: (task: Task) => string | undefined;
	/** The window has the backlog wrong. */
	readonly recount: () => void;
	/** Aborted: nothing is moved any more. */
	readonly over: AbortSignal;
};

/**
 * The most that is read and placed at once: one commit. Each look waits for the commit of the one before, so with half
 * as many a million on PostgreSQL drained a tenth slower (`npm run bench:scaling -- --only backlogOnPostgres`).
 */
const slice = 1000;
const againMs = 500;
/** What has come back to the backlog, older than what was looked at last, waits for no longer than this. */
const afreshMs = 500;

/** Looks whether there is something to move. With `news` it rests no longer: what could not be moved may be now. */
type Look = (news?: boolean) => void;

/** Moves the backlog from the store into the broker, each lane by itself, as the function returned is called. */
export function refill(ambient: Ambient, parts: Parts): Look {
	const lanes = new Map<LaneWindow, Look>();
	return news => {
		for (const window of parts.window.lanes()) {
			const look = lanes.get(window) ?? refillLane(ambient, parts, window);
			lanes.set(window, look);
			look(news);
		}
	};
}

/** Oldest first, as the lane's window has room; only one move is under way at a time. */
function refillLane({log, clock}: Ambient, parts: Parts, window: LaneWindow): Look {
	const {store, recount, over} = parts;
	let busy = false;
	/** News came during a move, which may not have known of it. */
	let outdated = false;
	/** Ends a rest early; undefined while there is none. */
	let wake: (() => void) | undefined;
	/** Where the last look ended, and when one began at the oldest: stores step over what has left (postgres/backlog.ts). */
	let after = '';
	let beganAt = Number.NEGATIVE_INFINITY;

	/** Resolves to whether anything is different now. */
	const move = async (): Promise<boolean> => {
		const limit = Math.min(slice, window.wanted);
		const from = Math.abs(clock.now() - beganAt) < afreshMs ? after : '';
		if (from === '') beganAt = clock.now();
		const rows = await store.backlog({...window.query(limit), after: from});
		after = rows.length < limit ? '' : (rows.at(-1)?.id ?? '');
		let barred = false;
		const bar = () => {
			barred = true;
		};
		const settled = await Promise.all(rows.map(row => place(row.id, parts, bar, row)));
		if (rows.length === 0) {
			// Nothing is left behind the last look: there may be before it.
			if (from !== '') return true;
			recount();
		}
		return barred || settled.some(({how}) => how === 'committed');
	};
	const lookAgain = () => {
		wake = undefined;
		busy = false;
		outdated = false;
		look();
	};
	const rest = () => {
		const callOff = clock.after(againMs, lookAgain);
		wake = () => {
			callOff();
			lookAgain();
		};
	};
	const look = (news = false): void => {
		// What was passed over may be wanted now.
		if (news) beganAt = Number.NEGATIVE_INFINITY;
		if (news && wake) wake();
		else if (news && busy) outdated = true;
		if (busy || over.aborted || window.wanted === 0) return;
		busy = true;
		move().then(
			// A move that moves nothing would go on doing so without a pause.
			moved => (moved || outdated ? lookAgain() : rest()),
			error => {
				log.warn({err: error}, 'the backlog could not be moved; trying again');
				rest();
			},
		);
	};
	return look;
}

/**
 * Decided on the function as it is then: it, or its pool, may have been paused, or have another version, meanwhile.
 * @param bar called if as many of it run as may: it is not asked for again before one has ended
 * @param seen the task as it was just read
 */
export function place(
	task: string,
	{tell, versionFor, window}: Pick<Parts, 'tell' | 'versionFor' | 'window'>,
	bar: () => void,
	seen?: TaskRow,
): Promise<Settled> {
	const read: Event['read'] = (row, {now}) => {
		const version = versionFor(row);
		if (version === undefined) return undefined;
		if (window.limits.free(row.function) > 0) return [{type: 'place', at: now, version}];
		bar();
		return undefined;
	};
	return new Promise(settle => tell({kind: 'event', name: 'place', task, ...(seen && {seen}), read, settle}));
}
