// Whether what waits in the store is moved. What is to be moved is known from counts: where those are wrong,
// nobody would ever ask for a row that waits. So the rows themselves are asked, for the oldest of each kind.
import {laneName} from '#actors/lane.ts';
import type {Break} from '#contract/audit.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store, Waiting} from '#store/store.ts';
import {graceOf} from './missing.ts';
import type {Placing} from './placing.ts';
import type {Roster} from './roster.ts';

type Parts = {
	readonly store: Store;
	readonly roster: Roster;
	readonly placing: Pick<Placing, 'place' | 'shouldMove'>;
};

/** Tasks of one lane and function that are placed at once. */
const most = 100;

/** @returns tasks that nothing places though there was room for them at two looks; they are placed now */
export function createStalled(
	{clock, log}: Ambient,
	{store, roster, placing}: Parts,
): () => Promise<Break[]> {
	let waited = new Map<string, number>();
	const heal = async (stalled: readonly Waiting[]) => {
		const names = new Set(stalled.map(nameOf));
		const all = (await store.waiting(most)).filter(one => names.has(nameOf(one)));
		log.warn({tasks: all.length}, 'what waits in the store was not moved; placing it');
		await Promise.all(all.map(({task}) => placing.place(task)));
	};
	return async () => {
		const now = clock.now();
		// Who is younger is behind it, so only the oldest of a lane shows that it rests.
		const oldest = new Map<string, Waiting>();
		for (const one of await store.waiting(1)) {
			const lane = laneName(one);
			if (placing.shouldMove(one) && one.task < (oldest.get(lane)?.task ?? '~')) oldest.set(lane, one);
		}
		const first = [...oldest.values()];
		waited = new Map(first.map(({task}) => [task, waited.get(task) ?? now]));
		const since = ({task}: Waiting) => waited.get(task) ?? now;
		const stalled = first.filter(one => since(one) <= now - graceOf(roster));
		if (stalled.length > 0) await heal(stalled);
		return stalled.map(one => ({
			...{kind: 'stalled', task: one.task, since: since(one), healing: true},
			why: 'it waits in the store, there is room for it, and nothing has placed it',
		}));
	};
}

const nameOf = (one: Waiting): string => `${laneName(one)} ${one.function}`;
