import type {Policy} from '#actors/policy.ts';
import type {ExecutorItem} from '#contract/executor.ts';
import type {RunItem} from './executors.ts';

/** An item as the executor is told of it: with the least of its limits. */
export function orderOf(
	{task, attempt, wallMs, deadline}: RunItem,
	policy: Policy,
	now: number,
): ExecutorItem {
	const untilDeadline = deadline === null ? policy.wallMs : Math.max(1, deadline - now);
	const least = Math.min(policy.wallMs, wallMs ?? policy.wallMs, untilDeadline);
	return {task, attempt, wallMs: least, cpuMs: policy.cpuMs, deadline};
}
