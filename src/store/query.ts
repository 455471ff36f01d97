// What pages of tasks the store is asked for.
import type {Lane} from '#actors/lane.ts';
import type {TaskState} from '#actors/task.ts';

export type BacklogQuery = Lane & {
	readonly limit: number;
	/** Functions whose tasks are left out. */
	readonly except?: readonly string[];
	/** No more than so many tasks of these functions. */
	readonly atMost?: readonly {readonly function: string; readonly count: number}[];
};

export type ListQuery = {
	readonly function?: string;
	readonly states?: readonly TaskState[];
	readonly before?: string;
	readonly limit: number;
	/** Only tasks that nobody waits for with a reply address or an open request. */
	readonly asynchronous?: boolean;
};
