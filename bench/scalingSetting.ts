// What the parts of `npm run bench:scaling` are given.
import type {Place} from './group.ts';

export type Setting = Place & {
	readonly rounds: number;
	/** Of each loop. */
	readonly durationMs: number;
	/** Tasks at the large end of `backlog`. */
	readonly backlog: number;
	/** At the large end of `functions`. */
	readonly functions: number;
	/** Of each worker in `weak`, that do nothing; a tenth as many sleep. */
	readonly tasks: number;
	readonly say: (line: string) => void;
};
