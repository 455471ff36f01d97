// What pages of tasks the store is asked for.
import type {Lane} from '#actors/lane.ts';
import type {TaskState} from '#actors/task.ts';

export type BacklogQuery = Lane & {
	readonly limit: number;
	/** Functions whose tasks are left out. */
	readonly except?: readonly string[];
	/** No more than so many tasks of these functions. */
	readonly atMost?: readonly {readonly function: string; readonly count: number}[];
	/** Of all functions but those only ids after this one: who has just looked need not look there again. */
	readonly after?: string;
};

/**
 * A home's rows of epochs older than `epoch` that are open and placed, or ended after `actedThrough`; ids after
 * `after`. What waits or retries owes nothing, and is not read however much there is of it.
 */
export type OwingQuery = {
	readonly home: string;
	readonly epoch: number;
	readonly actedThrough: number;
	readonly after?: string;
	readonly limit: number;
};

/** Ids after `after`. */
export type InBrokerQuery = {readonly home: string; readonly after: string; readonly limit: number};

/** An executor died of this task, in ms since the epoch. */
export type Death = {readonly task: string; readonly at: number};

/**
 * The executors that died of a version since then (ms since the epoch), whichever homes' its tasks were, the
 * last first. It costs no more than there are such tasks.
 */
export type DeathsQuery = {
	readonly function: string;
	readonly version: string;
	readonly since: number;
	readonly most: number;
};

export type ListQuery = {
	readonly function?: string;
	readonly states?: readonly TaskState[];
	readonly before?: string;
	readonly limit: number;
	/** Only tasks that nobody waits for with a reply address or an open request. */
	readonly asynchronous?: boolean;
};

/** A count of all rows names no more traces of what is wrong than so many. */
export const mostOrphans = 100;
