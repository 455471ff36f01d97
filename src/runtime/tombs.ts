// R24: a cancelled attempt may still lie in the broker, and its first delivery is not claimed. So the
// workers are told never to start it; the order is repeated until no heartbeat lists the attempt, and
// a worker that starts asks for all of them. A worker answers a stopped attempt with an outcome,
// which ends its tombstone.
import type {Order} from '#contract/control.ts';

export type Tombs = {
	add(task: string, attempt: number): void;
	remove(task: string, attempt: number): void;
	has(task: string, attempt: number): boolean;
	all(): {task: string; attempt: number}[];
};

/** More than these are forgotten, oldest first: a lost tombstone costs one run for nothing, never a wrong end. */
const mostTombs = 100_000;

/** @param order tells all workers; called once a turn with all that was added in it */
export function createTombs(order: (order: Order) => void): Tombs {
	const attempts = new Map<string, number>();
	let fresh: {task: string; attempt: number}[] = [];
	const send = () => {
		order({type: 'stop', stops: fresh});
		fresh = [];
	};
	return {
		add(task, attempt) {
			attempts.set(task, attempt);
			if (attempts.size > mostTombs) attempts.delete(attempts.keys().next().value as string);
			if (fresh.push({task, attempt}) === 1) setImmediate(send);
		},
		remove(task, attempt) {
			if (attempts.get(task) === attempt) attempts.delete(task);
		},
		has: (task, attempt) => attempts.get(task) === attempt,
		all: () => [...attempts].map(([task, attempt]) => ({task, attempt})),
	};
}
