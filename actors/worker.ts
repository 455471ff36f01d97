/**
 * A process that runs functions. Its lifecycle is `workerMachine.ts`, stepped by `decide.ts` in two
 * places: the worker's process steps its own row and says its state in every heartbeat; each server
 * steps a copy in its roster, and only a copy can be `suspect` or `lost`.
 */
export type WorkerRow = WorkerContext & {readonly state: WorkerState};

export type WorkerState = LiveState | 'suspect' | 'lost';

/** What a worker can say of itself. */
export type LiveState = 'starting' | 'idle' | 'busy' | 'draining' | 'stopped';

export type WorkerContext = {
	readonly id: string;
	readonly pool: string;
	/** How many attempts are inside its executors. */
	readonly busy: number;
	/** Heartbeats that a copy should have had since the last one. */
	readonly missed: number;
	/** ms since the epoch, by the clock of whoever steps the row. */
	readonly updatedAt: number;
};

export type WorkerEvent =
	/** Its executors listen and it has joined the broker. */
	| {type: 'ready'; at: number}
	/** How many attempts are inside now. */
	| {type: 'load'; at: number; busy: number}
	| {type: 'drain'; at: number}
	| {type: 'stop'; at: number}
	/** To a copy: what the worker said. */
	| {type: 'beat'; at: number; state: LiveState; busy: number}
	/** To a copy: so many beats are overdue. */
	| {type: 'silence'; at: number; missed: number};

/** One missed heartbeat is noise, two are a warning, three are a verdict. */
export const suspectAfter = 2;
export const lostAfter = 3;
