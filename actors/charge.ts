// Who pays for a failure, and what is left then.
import {type Failure, failures} from './failure.ts';
import type {Policy} from './policy.ts';
import type {TaskContext} from './task.ts';

/** Nobody pays for what the infrastructure lost; all else is charged to the task. */
export const isCharged = (failure: Failure) => failures[failure.code].blame !== 'warren';

/** Whether a task that fails so may be tried once more. */
export function hasAttemptsLeft(task: TaskContext, failure: Failure, policy: Policy): boolean {
	if (failure.permanent) return false;
	switch (failures[failure.code].blame) {
		case 'user':
			return task.charged + 1 < task.maxAttempts;
		case 'crash':
			return task.charged + 1 < Math.max(task.maxAttempts, policy.infraAttempts);
		case 'warren':
			return failure.retryable && task.losses + 1 < policy.infraAttempts;
		case 'caller':
			return false;
	}
}
