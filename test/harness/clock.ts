import type {Clock} from '#lib/clock.ts';

type Alarm = {readonly at: number; readonly call: () => void};

export type FakeClock = Clock & {
	/** Moves time on and calls, in their order, all that is due by then. */
	advance(ms: number): void;
	/** Moves time on in one leap, as for a process that stood still, and calls late what was due meanwhile. */
	leap(ms: number): void;
	/** How many calls are still to come. */
	pending(): number;
};

/** Time that stands still until a test moves it. */
export function createFakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
	const alarms = new Set<Alarm>();
	let now = start;
	const next = (until: number): Alarm | undefined => {
		let first: Alarm | undefined;
		for (const alarm of alarms) if (alarm.at <= until && (!first || alarm.at < first.at)) first = alarm;
		return first;
	};
	return {
		now: () => now,
		after(delayMs, call) {
			const alarm = {at: now + Math.max(0, delayMs), call};
			alarms.add(alarm);
			return () => alarms.delete(alarm);
		},
		advance(ms) {
			const until = now + ms;
			for (let alarm = next(until); alarm; alarm = next(until)) {
				alarms.delete(alarm);
				now = alarm.at;
				alarm.call();
			}
			now = until;
		},
		leap(ms) {
			now += ms;
			const due = [...alarms].filter(({at}) => at <= now).sort((a, b) => a.at - b.at);
			for (const alarm of due) if (alarms.delete(alarm)) alarm.call();
		},
		pending: () => alarms.size,
	};
}
