// Placements under a limit are judged one transaction after the other for each function: whoever holds its
// lock counts what all homes have placed, in a statement of its own, which sees what was committed before the
// lock was free. Nobody waits for a lock, so a process that stands still with one holds up nothing but this
// function, until the server ends its session (session.ts); whoever does not get it is told `full`.
import type {Birth, Change, Move} from '#store/store.ts';
import type {Session} from './database.ts';

type Bounded = (Birth | Move) & {readonly most: number};

const isBounded = (change: Change): change is Bounded =>
	(change.kind === 'birth' || change.kind === 'move') && change.most !== undefined;

export const hasLimit = (changes: readonly Change[]): boolean => changes.some(isBounded);

const lockFunctions = {
	name: 'lock_limits',
	text: `select name from unnest($1::text[]) as wanted(name)
		where pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' limit ' || name, 0))`,
};
const countPlaced = {
	name: 'count_limits',
	text: `select function as name, sum(count)::bigint as placed from (select home from homes union all select '') as owners, lateral (
			select function, count from counts
			where counts.home = owners.home and function = any($1::text[]) and state = 'queued' and placed
		) as cells group by function`,
};

/** The changes, by their place in the batch, for which there is no room. */
export async function findFull(session: Session, changes: readonly Change[]): Promise<Set<number>> {
	const names = [...new Set(changes.filter(isBounded).map(({task}) => task.function))];
	const locked = await session.run<{name: string}>(lockFunctions, [names]);
	const placed = new Map(locked.map(({name}) => [name, 0]));
	const counted = await session.run<{name: string; placed: number}>(countPlaced, [[...placed.keys()]]);
	for (const {name, placed: count} of counted) placed.set(name, count);
	const full = new Set<number>();
	for (const [at, change] of changes.entries()) {
		if (!isBounded(change)) continue;
		const {function: fn} = change.task;
		const count = placed.get(fn) ?? Number.POSITIVE_INFINITY;
		if (count >= change.most) full.add(at);
		else placed.set(fn, count + 1);
	}
	return full;
}
