import type {Clock} from '#lib/clock.ts';
import type {Executors, RunItem} from './executors.ts';

/**
 * Executors that also count what ended in them and how long it had its slot: their reports say it, so that
 * servers can tell how many workers a load needs.
 */
export function tallied(clock: Clock, executors: Executors): Executors {
	let ended = 0;
	let slotMs = 0;
	return {
		start: () => executors.start(),
		stop: (task, attempt) => executors.stop(task, attempt),
		check: build => executors.check(build),
		drain: () => executors.drain(),
		close: () => executors.close(),
		get slots() {
			return executors.slots;
		},
		get free() {
			return executors.free;
		},
		run(build, items, listener) {
			const starts = new Map<RunItem, number>();
			executors.run(build, items, {
				started(item) {
					// One that is run again has its slot for both.
					if (!starts.has(item)) starts.set(item, clock.now());
					listener.started(item);
				},
				settled(item, outcome) {
					const startedAt = starts.get(item);
					if (startedAt !== undefined) {
						ended++;
						slotMs += clock.now() - startedAt;
					}
					listener.settled(item, outcome);
				},
			});
		},
		report: () => ({...executors.report(), ended, slotMs}),
	};
}
