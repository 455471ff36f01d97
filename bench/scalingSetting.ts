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
 * Of PostgreSQL, as its operator is asked to set them (docs/operating.md): a task leaves 2.2 KB of its
 * log, and with its own settings 20 s at full speed began a checkpoint, after which every page is written whole once
 * more; with these none did. How safe a commit is they leave alone.
 */
export const postgresSettings = {shared_buffers: '512MB', max_wal_size: '4GB'} as const;
