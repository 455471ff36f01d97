import type {Task} from '#actors/task.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store} from '#store/store.ts';
import type {LaneWindow} from './laneWindow.ts';
import type {Event, Letter, Settled} from './letter.ts';
import type {Window} from './window.ts';

type Parts = {
	readonly store: Store;
	readonly window: Window;
	readonly tell: (letter: Letter) => void;
	/** Functions of which nothing is placed now. */
	readonly paused: () => readonly string[];
	/** What a waiting task is to run; undefined: nothing, its function is paused. */
	readonly versionFor: (task: Task) => string | undefined;
	/** The window has the backlog wrong. */
	readonly recount: () => void;
	/** Aborted: nothing is moved any more. */
	readonly over: AbortSignal;
};

/** The most that is read and placed at once: one commit. */
const slice = 500;
const againMs = 500;

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
	const {store, paused, recount, over} = parts;
	let busy = false;
	/** News came during a move, which may not have known of it. */
	let outdated = false;
	/** Ends a rest early; undefined while there is none. */
	let wake: (() => void) | undefined;

	/** Resolves to how many were placed. */
	const move = async (): Promise<number> => {
		const limit = Math.min(slice, window.wanted);
		const rows = await store.backlog({...window.lane, limit, except: paused()});
		const settled = await Promise.all(rows.map(({id}) => place(id, parts)));
		if (rows.length === 0) recount();
		return settled.filter(({how}) => how === 'committed').length;
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
		if (news && wake) wake();
		else if (news && busy) outdated = true;
		if (busy || over.aborted || window.wanted === 0) return;
		busy = true;
		move().then(
			// A move that moves nothing would go on doing so without a pause.
			placed => (placed > 0 || outdated ? lookAgain() : rest()),
			error => {
				log.warn({err: error}, 'the backlog could not be moved; trying again');
				rest();
			},
		);
	};
	return look;
}

/** Decided on the function as it is then: it may have been paused, or have another version, meanwhile. */
function place(task: string, {tell, versionFor}: Parts): Promise<Settled> {
	const read: Event['read'] = (row, {now}) => {
		const version = versionFor(row);
		return version === undefined ? undefined : [{type: 'place', at: now, version}];
	};
	return new Promise(settle => tell({kind: 'event', name: 'place', task, read, settle}));
}
