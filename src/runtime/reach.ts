// Whether this home can carry what it would place. Parted from the broker it can't, and once it has given its
// lease up the others take what it has placed: it would empty the backlog of all into itself, and they would
// have to take up each task, with a commit, and claim it. What is not placed can be placed by any of them.
import type {Transport} from '#transport/transport.ts';

export type Reach = {
	/** The connection is lost, or the lease is given up. */
	readonly isOut: boolean;
	/** The lease is given up, or kept again. */
	lease(isGivenUp: boolean): void;
};

/** @param back called when it can carry again */
export function createReach(transport: Pick<Transport, 'watch'>, over: AbortSignal, back: () => void): Reach {
	let isDown = false;
	let isGivenUp = false;
	const change = (apply: () => void) => {
		const wasOut = isDown || isGivenUp;
		apply();
		if (wasOut && !isDown && !isGivenUp) back();
	};
	const unwatch = transport.watch(state =>
		change(() => {
			isDown = state === 'down';
		}),
	);
	over.addEventListener('abort', unwatch);
	return {
		get isOut() {
			return isDown || isGivenUp;
		},
		lease: given =>
			change(() => {
				isGivenUp = given;
			}),
	};
}
