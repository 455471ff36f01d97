// Who is next among those that wait: by class, each as often as its weight says (stride scheduling). While
// `low` waits, at most 16 of `high` and 4 of `normal` go before it, so it never starves; what comes first
// in `high` stands behind one of each other class at most.
import {type Class, classes, weights} from '#actors/lane.ts';

export type FairLine<T> = {
	push(priority: Class, one: T): void;
	/** The next one; undefined: nobody waits. */
	take(): T | undefined;
	/** All that wait, in no order. */
	clear(): T[];
};

export function createFairLine<T>(): FairLine<T> {
	// `due`: the virtual time of the class's next turn. Whoever was not there saves up nothing for later.
	const lanes = classes.map(priority => ({
		...{priority, stride: 1 / weights[priority], due: 0, waiting: [] as T[]},
	}));
	let now = 0;
	return {
		push(priority, one) {
			const lane = lanes[classes.indexOf(priority)];
			if (!lane) return;
			if (lane.waiting.push(one) === 1) lane.due = Math.max(lane.due, now + lane.stride);
		},
		take() {
			const waiting = lanes.filter(lane => lane.waiting.length > 0);
			const [first, ...others] = waiting;
			if (!first) return undefined;
			// The more urgent one where both are due.
			const next = others.reduce((a, b) => (b.due < a.due ? b : a), first);
			now = next.due;
			next.due += next.stride;
			return next.waiting.shift();
		},
		clear: () => lanes.flatMap(lane => lane.waiting.splice(0)),
	};
}
