import type {WorkerView} from '#contract/status.ts';
import type {ScaleView, SupervisorView} from '#contract/supervisor.ts';

/**
 * How many workers a pool should have and has.
 * @param said as it was said last; null: never
 */
export function viewOf(
	pool: string,
	said: number | null,
	supervisors: readonly SupervisorView[],
	workers: readonly WorkerView[],
): ScaleView {
	const present = supervisors.filter(one => one.pool === pool && one.state !== 'lost');
	const wanted = present.reduce((sum, one) => sum + (one.wanted ?? 0), 0);
	return {
		pool,
		workers: said,
		running: present.reduce((sum, {running}) => sum + running, 0),
		others: workers.filter(one => one.pool === pool && one.supervisor === null && isThere(one)).length,
		done: present.every(isAtRest) && (said === null || wanted === said),
		supervisors: supervisors.filter(one => one.pool === pool),
	};
}

const isThere = ({state}: WorkerView) => state !== 'lost' && state !== 'stopped';

/** It has what it wants, and replaces nothing. One that stops is at rest when it is gone. */
function isAtRest({state, wanted, workers, running, restart}: SupervisorView): boolean {
	return (
		state === 'running' && wanted === running && workers.length === running && (restart?.left ?? 0) === 0
	);
}
