// How many tasks of a function may be queued, as its policy says (`maxQueued`). Judged by counts in memory,
// so that no submission costs a read: what this node commits is counted at once, what others on its store do at the
// next recount. That is a third of a lease away, or less where their tasks wait in the store, of which a hint tells.
// Until then each lets in as many as were missing at its last recount: of N servers up to N times the bound.
import {type Failure, fail} from '#actors/failure.ts';
import type {Window} from '#runtime/window.ts';

export type Bounds = {
	/** Counts one more of a function that is on its way into the store; a failure: there is no room for it. */
	enter(fn: string, most: number | undefined): Failure | undefined;
	/** It is there, or was refused: whoever entered says so once. */
	leave(fn: string): void;
};

export function createBounds(window: Pick<Window, 'queued'>): Bounds {
	const entering = new Map<string, number>();
	return {
		enter(fn, most) {
			const count = entering.get(fn) ?? 0;
			if (most !== undefined && window.queued(fn) + count >= most) {
				return fail(
					'REJECTED',
					`${most} tasks of \`${fn}\` are queued, and its policy allows no more; ` +
						'try again when some have ended, or deploy it with a larger `--max-queued`',
				);
			}
			entering.set(fn, count + 1);
			return undefined;
		},
		leave(fn) {
			const count = entering.get(fn) ?? 0;
			if (count > 1) entering.set(fn, count - 1);
			else entering.delete(fn);
		},
	};
}
