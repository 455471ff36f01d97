import type {Ambient} from '#observe/observe.ts';

/** What keeps the store from taking commits, for those who ask what a task waits for. */
export type Trouble = {
	/** Undefined: nothing does. */
	readonly why: string | undefined;
	met(error: unknown, why: string): void;
	over(): void;
};

/** Said once when it begins and once when it is over: a full disk must not be filled by complaints of it. */
export function createTrouble({log, metrics}: Ambient): Trouble {
	let why: string | undefined;
	metrics.storeTrouble.set(0);
	return {
		get why() {
			return why;
		},
		met(error, reason) {
			log[why === undefined ? 'error' : 'debug']({err: error}, 'a commit failed; trying until one succeeds');
			why = reason;
			metrics.storeTrouble.set(1);
		},
		over() {
			if (why !== undefined) log.warn('the store takes commits again');
			why = undefined;
			metrics.storeTrouble.set(0);
		},
	};
}
