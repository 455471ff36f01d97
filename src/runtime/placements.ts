// Whether the store and this process agree on what is in the broker (R26: the audit looks at all that is
// queued). Who keeps no list of an attempt would never miss it; who deletes a row deletes what an outcome is for.
import type {Break} from '#contract/audit.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store} from '#store/store.ts';
import type {InFlight} from './inFlight.ts';
import {graceOf} from './missing.ts';
import type {Roster} from './roster.ts';

type Parts = {
	readonly store: Store;
	readonly home: string;
	readonly inFlight: InFlight;
	readonly roster: Roster;
	/** Nobody looks after this attempt: it is dispatched again. */
	readonly redispatch: (task: string, attempt: number, why: string) => void;
};

/** Ids that are read of a home in one look; the next one goes on behind them. */
const page = 5000;
const mostSuspects = 500;

const stranger = 'the store says that it is in the broker, and its node knows nothing of it';
const gone = 'its row is gone, and this node has put it into the broker';

/** Looks for what only one of the two knows, of a page of each home. @returns what stays so for longer than a commit takes */
export function createPlacements({clock}: Ambient, parts: Parts): () => Promise<Break[]> {
	const {store, home, inFlight, roster, redispatch} = parts;
	/** Since when they seem to be known to one of the two only. */
	const suspects = new Map<string, number>();
	const lost = new Set<string>();
	const cursors = new Map<string, string>();
	const suspect = (task: string) => {
		if (suspects.size < mostSuspects && !suspects.has(task)) suspects.set(task, clock.now());
	};
	const compare = async (of: string) => {
		const after = cursors.get(of) ?? '';
		const ids = await store.inBroker({home: of, after, limit: page});
		const last = ids.length < page ? undefined : ids.at(-1);
		cursors.set(of, last ?? '');
		for (const id of ids) if (!inFlight.get(id)) suspect(id);
		if (of !== home) return;
		const placed = new Set(ids);
		for (const {task} of inFlight.list()) {
			const isRead = task > after && (last === undefined || task <= last);
			if (isRead && !placed.has(task)) suspect(task);
		}
	};
	return async () => {
		// Who works alone on its store looks after all that is in it, also of a name that the node had before.
		const homes = store.shared ? [home] : (await store.homes()).map(one => one.home);
		for (const of of homes) await compare(of);
		const before = clock.now() - graceOf(roster);
		const old = [...suspects].filter(([, since]) => since <= before);
		const rows = await store.load(old.map(([task]) => task));
		const found: Break[] = [];
		for (const [task, since] of old) {
			const row = rows.get(task);
			const flight = inFlight.get(task);
			if (!row && flight) lost.add(task);
			if (!row && lost.has(task)) {
				found.push({kind: 'ledger', task, why: gone, since, healing: false});
				continue;
			}
			suspects.delete(task);
			lost.delete(task);
			const isAnothers = store.shared && row?.home !== home;
			if (isAnothers) inFlight.forget(task);
			if (!row?.placed || flight || isAnothers) continue;
			redispatch(task, row.attempt, stranger);
			found.push({kind: 'lost', task, why: stranger, since, healing: true});
		}
		return found;
	};
}
