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

/**
 * Of PostgreSQL, as its operator is asked to set them (docs/operating.md): its own are for a machine of 512 MB, and
 * at ten thousand tasks a second it would write every page anew each half a minute. How safe a commit is they leave alone.
 */
export const postgresSettings = {shared_buffers: '512MB', max_wal_size: '4GB'} as const;
