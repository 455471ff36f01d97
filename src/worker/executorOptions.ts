import type {WallsOptions} from './executorWalls.ts';

export type ExecutorsOptions = Partial<WallsOptions> & {
	/** How many processes, beside the one for suspects. */
	readonly executors: number;
	/** The one for suspects is there before there are any, once all others are ready; else it is started for them. */
	readonly spare?: boolean;
	/** How many lists run at once in each. */
	readonly slotsEach: number;
	/** What the warm sandboxes of one executor may hold together. */
	readonly memoryBudgetMb: number;
	/** An executor over this is killed. */
	readonly hardRssMb: number;
	readonly nodeFlags?: readonly string[];
	/** An executor that ran so many attempts is replaced: V8 keeps the memory that it once had. */
	readonly recycleAfter?: number;
};
