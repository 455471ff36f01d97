import type {Policy} from '#actors/policy.ts';
import type {ExecutorItem} from '#contract/executor.ts';
import type {RunItem} from './executors.ts';

type Limit = {
	/** From when it is sent on, ms. */
	readonly wallMs: number;
	/** What it is for the attempt to pass it. */
	readonly code: 'TIMEOUT' | 'DEADLINE_EXCEEDED';
};

/** The least of an item's limits of time, if it is sent to its executor `at` (ms since the epoch). */
export function limitOf({wallMs, deadline}: RunItem, policy: Policy, at: number): Limit {
	const own = Math.min(policy.wallMs, wallMs ?? policy.wallMs);
	if (deadline === null || deadline - at > own) return {wallMs: own, code: 'TIMEOUT'};
	return {wallMs: Math.max(1, deadline - at), code: 'DEADLINE_EXCEEDED'};
}

/** An item as the executor is told of it. */
export function orderOf(item: RunItem, policy: Policy, at: number): ExecutorItem {
	const {task, attempt, deadline, isChunk} = item;
	const {wallMs} = limitOf(item, policy, at);
	return {task, attempt, wallMs, cpuMs: policy.cpuMs, deadline, ...(isChunk && {isChunk})};
}
