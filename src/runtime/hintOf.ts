import {isTerminal} from '#actors/task.ts';
import {type Hint, joined} from '#store/hints.ts';
import type {TaskRow} from '#store/store.ts';

/** What other nodes could wait for of what was committed; undefined: nothing. */
export function hintOf(rows: readonly TaskRow[]): Hint | undefined {
	const ends = rows.filter(({state}) => isTerminal(state)).map(({id}) => id);
	const backlog = rows.some(({state, placed}) => state === 'queued' && !placed);
	if (ends.length === 0 && !backlog) return undefined;
	return joined({ends}, {backlog});
}
