import type {DatabaseSync} from 'node:sqlite';
import type {Change} from '#store/store.ts';
import type {Stamping} from './stamp.ts';

const countPlaced = `select coalesce(sum(count), 0) as placed from counts
	where function = ? and state = 'queued' and placed = 1`;

/** Whether as many of a change's function are placed as it says, by commits before this one or in it. */
export function prepareLimit(db: DatabaseSync) {
	const placed = db.prepare(countPlaced);
	return (change: Change, {tally}: Stamping): boolean => {
		if ((change.kind !== 'birth' && change.kind !== 'move') || change.most === undefined) return false;
		const {function: fn} = change.task;
		return (placed.get(fn) as {placed: number}).placed + tally.placed(fn) >= change.most;
	};
}
