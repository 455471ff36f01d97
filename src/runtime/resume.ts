// What a home does at its start (R19): effects of commits after `actedThrough` may not
// have been carried out, so they are, again, marked; a broker that died with the process has lost all
// that was placed in it. What waits in the store and what retries is left alone: the backlog and the timers
// are read when their time comes. No commit is needed: the watermark stays where it was until all is done,
// so a crash in the middle begins here once more.
import {poolOf} from '#actors/lane.ts';
import type {Ambient} from '#observe/observe.ts';
import type {HomeAbout, HomeRow} from '#store/home.ts';
import type {Store, TaskRow} from '#store/store.ts';
import type {Acts} from './act.ts';
import type {InFlight} from './inFlight.ts';
import {owedBy} from './owed.ts';
import type {Dispatch} from './runtime.ts';
import {redoSeq, type Watermark} from './watermark.ts';

type Parts = {
	readonly store: Store;
	readonly home: HomeRow;
	/** What it said of itself in its last life; null: nothing. */
	readonly before: HomeAbout | null;
	readonly acts: Acts;
	readonly watermark: Watermark;
	readonly inFlight: InFlight;
	readonly dispatch: Pick<Dispatch, 'outlives' | 'mayBeAway'>;
};

const page = 500;

/** Resolves to how many tasks had something owed to them, once all of it is under way. */
export async function resume(
	{log}: Ambient,
	{store, home, before, acts, watermark, inFlight, dispatch}: Parts,
): Promise<number> {
	const {home: name, epoch, actedThrough} = home;
	const seq = redoSeq(actedThrough);
	let after: string | undefined;
	let count = 0;
	for (;;) {
		const rows: TaskRow[] = await store.owing({
			home: name,
			epoch,
			actedThrough,
			limit: page,
			...(after && {after}),
		});
		for (const row of rows) {
			inFlight.found(row, dispatch.mayBeAway?.(row) ?? false);
			// What it kept in its own process went with it, and it may keep it elsewhere in this life. If this life ends
			// before it is dispatched, the next one knows only what this one said of itself: the audit finds it then.
			const stays = dispatch.outlives(row.pool) && before?.localPool !== poolOf(row.pool);
			const lost = row.seq > actedThrough || (row.placed && !stays);
			const effects = lost ? owedBy(row) : [];
			acts.act(seq, row, effects);
			if (effects.length > 0) count++;
		}
		acts.flush();
		after = rows.at(-1)?.id;
		if (rows.length < page) break;
	}
	if (actedThrough < home.seq) watermark.release(seq);
	if (count > 0) log.info({tasks: count, epoch}, 'took up what was left at the last stop');
	return count;
}
