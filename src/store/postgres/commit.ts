import type {Batch, Change, Commit, Fate, Timer} from '#store/store.ts';
import {createBlob} from './blob.ts';
import {arraysOf, type BirthRow, type Clear, type MoveRow, type NoteRow, type Rows} from './columns.ts';
import type {Database, Session} from './database.ts';
import {deploy, retire} from './functions.ts';
import {fenced} from './homes.ts';
import {findFull, hasLimit} from './limit.ts';
import {statementFor} from './statement.ts';
import {codeOf} from './trouble.ts';
import {type Wave, wavesOf} from './wave.ts';

/** What the statement fails with when another process has opened the home. */
const refused = 'WA001';

/** What the statement says: the tasks whose births and moves were taken, null for all; whose timer was tidied. */
type Answer = {
	readonly taken: readonly string[] | null;
	readonly tidied: readonly string[];
};

export function prepareCommit(db: Database) {
	return async (batch: Batch): Promise<Commit> => {
		try {
			return await commit(db, batch);
		} catch (error) {
			throw codeOf(error) === refused ? await fenced(db.write, batch) : error;
		}
	};
}

async function commit(db: Database, batch: Batch): Promise<Commit> {
	if (hasLimit(batch.changes)) return db.transact(session => commitBounded(session, batch));
	const waves = wavesOf(batch.changes);
	const [only] = waves;
	const isHot = batch.changes.every(({kind}) => kind !== 'deploy' && kind !== 'retire');
	// One statement is a transaction by itself: one round trip.
	if (waves.length > 1 || !only || !isHot) return db.transact(session => commitAll(session, batch, waves));
	const fates: Fate[] = [];
	await commitOne(db.write, batch, only, fates);
	return {fates};
}

async function commitBounded(session: Session, batch: Batch): Promise<Commit> {
	const full = await findFull(session, batch.changes);
	const {fates} = await commitAll(session, batch, wavesOf(batch.changes, full));
	return {fates: batch.changes.map((_, at) => (full.has(at) ? 'full' : (fates[at] ?? 'conflict')))};
}

async function commitAll(session: Session, batch: Batch, waves: readonly Wave[]): Promise<Commit> {
	const fates: Fate[] = [];
	for (const wave of waves) await commitOne(session, batch, wave, fates);
	for (const [at, change] of batch.changes.entries()) {
		if (change.kind === 'deploy') fates[at] = await deploy(session, change);
		if (change.kind === 'retire') fates[at] = await retire(session, change);
	}
	return {fates};
}

/** Writes the fates of one wave into those of its batch. */
async function commitOne(
	session: Session,
	{home, epoch, seq, actedThrough}: Batch,
	wave: Wave,
	fates: Fate[],
): Promise<void> {
	const blob = createBlob();
	const rows = rowsOf(
		wave.map(({change}) => change),
		body => blob.put(body),
	);
	const statement = statementFor(rows);
	const values = [home, epoch, actedThrough, seq, blob.bytes(), ...arraysOf(rows, statement.groups)];
	const [answer] = await session.run<Answer>(statement, values);
	const taken = answer?.taken && new Set(answer.taken);
	const tidied = new Set(answer?.tidied);
	for (const {at, change} of wave) {
		if (change.kind === 'tidy') fates[at] = tidied.has(change.timer.task) ? 'done' : 'conflict';
		else if (!taken || taken.has(change.task.id)) fates[at] = 'done';
		else fates[at] = change.kind === 'birth' ? 'exists' : 'conflict';
	}
}

/** Of each kind in the order in which the statement takes and locks them, whatever order they are in here. */
export function rowsOf(changes: readonly Change[], put: ReturnType<typeof createBlob>['put']): Rows {
	const births: BirthRow[] = [];
	const moves: MoveRow[] = [];
	const logs: NoteRow[] = [];
	const histories: NoteRow[] = [];
	const clears: Clear[] = [];
	const sets: Timer[] = [];
	const tidies: Timer[] = [];
	for (const change of changes) {
		if (change.kind === 'tidy') tidies.push(change.timer);
		if (change.kind === 'birth') {
			const {task, input, history, timers = []} = change;
			births.push({task, input: put(input)});
			if (history) histories.push({task: task.id, number: 1, place: put(history)});
			sets.push(...lastOfEach(timers));
		}
		if (change.kind === 'move') {
			const {task, expected, result, log, history, clear = [], set = []} = change;
			moves.push({task, expected, result: result && put(result)});
			if (log) logs.push({task: task.id, number: log.attempt, place: put(log.lines)});
			if (history) histories.push({task: task.id, number: expected + 1, place: put(history)});
			const spared = set.map(timer => timer.kind);
			const kinds = clear === 'all' ? (['*'] as const) : clear;
			clears.push(...kinds.map(kind => ({task: task.id, kind, spared})));
			sets.push(...lastOfEach(set));
		}
	}
	return {births: births.sort(byKey), moves: moves.sort(byId), logs, histories, clears, sets, tidies};
}

// The statement locks rows in the order in which they are sent, which has to be the same for all nodes.
const byId = ({task: a}: MoveRow, {task: b}: MoveRow): number => order(a.id, b.id);
const byKey = ({task: a}: BirthRow, {task: b}: BirthRow): number =>
	order(a.function, b.function) || order(a.key ?? '', b.key ?? '') || order(a.id, b.id);
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A task has one timer of a kind: the last one that is set. */
const lastOfEach = (timers: readonly Timer[]): Iterable<Timer> =>
	timers.length < 2 ? timers : new Map(timers.map(timer => [timer.kind, timer])).values();
