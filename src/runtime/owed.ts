import {owes} from '#actors/decide.ts';
import type {TaskEffect} from '#actors/task.ts';
import type {TaskRow} from '#store/store.ts';

/**
 * What the last commit of a row may not have done (R6, R19). An order to stop is told to nobody's
 * confirm, so the law does not count it as owed; but whoever runs the attempt may not have heard it.
 */
export function owedBy(row: TaskRow): readonly TaskEffect[] {
	const over = row.state === 'cancelled' || row.state === 'expired';
	return over ? [{type: 'stop', params: {attempt: row.attempt}}, ...owes(row)] : owes(row);
}
