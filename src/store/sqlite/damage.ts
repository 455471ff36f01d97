import type {Logger} from '#observe/observe.ts';
import type {Transact} from './database.ts';
import {asTrouble, isDamage} from './trouble.ts';

/** What was found broken while the file was in use. */
export type Damage = {
	/** Undefined: nothing was. */
	readonly why: string | undefined;
	/** Hears every error of the database. */
	met(error: unknown): void;
	/** Writes nothing more once damage was met: pages that SQLite takes for free may hold tasks. */
	guard(transact: Transact): Transact;
};

export function createDamage(log: Logger, path: string): Damage {
	let first: Error | undefined;
	return {
		get why() {
			return first?.message;
		},
		met(error) {
			if (first || !isDamage(error)) return;
			first = asTrouble(path, error) as Error;
			log.error({err: first}, 'the store is damaged: nothing more is written to it');
		},
		guard: transact => work => {
			if (first) throw first;
			return transact(work);
		},
	};
}
