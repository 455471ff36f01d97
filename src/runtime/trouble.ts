import type {Ambient} from '#observe/observe.ts';

/** What keeps the store from taking commits, for those who ask what a task waits for. */
export type Trouble = {
	/** Undefined: nothing does. */
	readonly why: string | undefined;
	met(error: unknown, why: string): void;
	over(): void;
};

/** What begins again so soon, ms, is no news before it has lasted as long. */
const calmMs = 10_000;

/** Said once when it begins and once when it is over: a full disk must not be filled by complaints of it. */
export function createTrouble({log, clock}: Ambient): Trouble {
	let why: string | undefined;
	let isTold = false;
	let overAt = Number.NEGATIVE_INFINITY;
	return {
		get why() {
			return why;
		},
		met(error, reason) {
			const isNews = !isTold && clock.now() - overAt >= calmMs;
			log[isNews ? 'error' : 'debug']({err: error}, 'a commit failed; trying until one succeeds');
			isTold ||= isNews;
			why = reason;
		},
		over() {
			if (why === undefined) return;
			if (isTold) log.warn('the store takes commits again');
			isTold = false;
			overAt = clock.now();
			why = undefined;
		},
	};
}
