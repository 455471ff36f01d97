import type {OutcomeItem} from '#contract/outcome.ts';

/** Those who wait to hear that a worker has stopped an attempt which was ended from outside. */
export type Stops = {
	/** Resolves to the attempt's last word; never if none comes. `leave` stops waiting. */
	wait(task: string, attempt: number): {readonly stopped: Promise<OutcomeItem>; readonly leave: () => void};
	tell(outcome: OutcomeItem): void;
};

export function createStops(): Stops {
	const waiting = new Map<string, Set<(outcome: OutcomeItem) => void>>();
	const nameOf = (task: string, attempt: number) => `${task} ${attempt}`;
	return {
		wait(task, attempt) {
			const name = nameOf(task, attempt);
			const {promise: stopped, resolve} = Promise.withResolvers<OutcomeItem>();
			const set = waiting.get(name) ?? new Set();
			waiting.set(name, set.add(resolve));
			return {
				stopped,
				leave() {
					set.delete(resolve);
					if (set.size === 0 && waiting.get(name) === set) waiting.delete(name);
				},
			};
		},
		tell(outcome) {
			if (waiting.size === 0) return;
			for (const resolve of waiting.get(nameOf(outcome.task, outcome.attempt)) ?? []) resolve(outcome);
		},
	};
}
