import type {Failure} from '#actors/failure.ts';
import type {TaskView} from '#contract/task.ts';

/** How a call or a deployment ended, and all the text that it left. */
export type Seen = {
	readonly end: string;
	readonly text: string;
	/** From its submission to its end by the test's own clock, ms. */
	readonly tookMs: number;
	readonly atDeploy?: boolean;
	readonly result?: unknown;
	readonly failure?: Failure | null;
	readonly usage?: TaskView['usage'];
	readonly lines?: readonly {readonly text: string}[];
};
