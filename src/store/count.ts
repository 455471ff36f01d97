// How many tasks there are of what, as the commits keep it and as the rows say it.
import type {Lane} from '#actors/lane.ts';
import type {TaskState} from '#actors/task.ts';

type Counted = {readonly function: string; readonly state: TaskState};
export type Count = Counted & {readonly placed: boolean; readonly count: number};

/** Of one moment. */
export type Recount = {
	/** `counts` as the rows themselves say it. */
	readonly rows: readonly Count[];
	readonly counts: readonly Count[];
	readonly births: number;
	/** Traces of what is wrong; looked for only if rows and counts differ. */
	readonly orphans: readonly Orphan[];
};

/** What is there of a task in part. */
export type Orphan = {
	/** Null: only its place is known, and who was born before it (if anybody was). */
	readonly task: string | null;
	readonly after: string | null;
	readonly lacks: 'row' | 'input';
};

export type Placed = Lane & {readonly function: string; readonly placed: number};
export type Waiting = Lane & {readonly function: string; readonly task: string};
/** How much of a function waits in the store, and how much of it is in the broker. */
export type Stock = Lane & {readonly function: string; readonly waiting: number; readonly placed: number};
