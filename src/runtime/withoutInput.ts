import {fail} from '#actors/failure.ts';
import type {Ambient} from '#observe/observe.ts';
import type {TaskRow} from '#store/store.ts';
import type {Reports} from './reports.ts';

/**
 * Ends an attempt whose input is not in the store, which no worker can ever run. Of a task that has ended
 * meanwhile the input may be gone with its row: then this is stale.
 */
export function endWithoutInput(
	{log, clock}: Ambient,
	reports: Pick<Reports, 'outcome'>,
	row: TaskRow,
): void {
	const {id: task, attempt, function: fn, home, epoch} = row;
	log.error({task, attempt}, 'the input of a task is not in the store: its attempt fails');
	const now = clock.now();
	const failure = fail('INTERNAL', 'Its input is not in the store', {retryable: false});
	const item = {id: `${home}.${epoch}.${task}.${attempt}`, task, attempt, function: fn, failure, usage: null};
	// What is not taken now is found by the audit, which has it dispatched again.
	reports.outcome({item: {...item, startedAt: now, endedAt: now}}, () => {});
}
