// Who pays for a failure, and what is left then.
import {type Failure, failures} from './failure.ts';
import type {Policy} from './policy.ts';
import type {TaskContext} from './task.ts';

/** Nobody pays for what the infrastructure lost; all else is charged to the task. */
export const isCharged = (failure: Failure) => failures[failure.code].blame !== 'warren';

/** How many charges a failure of this kind may bring a task to: a crash is tried as often as the infrastructure, at least. */
export const mostCharges = ({maxAttempts}: TaskContext, {code}: Failure, {infraAttempts}: Policy): number =>
	failures[code].blame === 'crash' ? Math.max(maxAttempts, infraAttempts) : maxAttempts;

/** Whether a task that fails so may be tried once more. */
export function hasAttemptsLeft(task: TaskContext, failure: Failure, policy: Policy): boolean {
	if (failure.permanent) return false;
	switch (failures[failure.code].blame) {
		case 'user':
		case 'crash':
			return task.charged + 1 < mostCharges(task, failure, policy);
		case 'warren':
			return failure.retryable && task.losses + 1 < policy.infraAttempts;
		case 'caller':
			return false;
	}
}
