import {type Lane, laneName} from '#actors/lane.ts';
import type {Store, TaskRow} from '#store/store.ts';
import type {Depth} from './depth.ts';
import type {Flight, InFlight} from './inFlight.ts';
import type {Letter} from './letter.ts';
import type {Held, Roster} from './roster.ts';
import type {Dispatch} from './runtime.ts';
import {scoutsOf} from './scout.ts';

/** What a heartbeat may be late without being wrong: three beats and some more. */
export const graceOf = ({beatMs}: Roster): number => 5 * beatMs;
/** Whoever has had an attempt for so long has named it, unless it was about to beat and is a little late. */
const namedWithin = ({beatMs}: Roster): number => 1.5 * beatMs;
/** What was named is named at each beat: two may be lost. */
const silenceOf = ({beatMs}: Roster): number => 2.5 * beatMs;

/**
 * What another area may have had when its server began, or died, is looked for in its queue for so long, if somebody
 * takes work from there. What is let go so as not to wait does not often stand there for longer.
 */
const awayMs = 60_000;

export type Missing = {
	readonly flight: Flight;
	readonly why: string;
	/** It was missing before, for longer than a message or a heartbeat may be on its way. */
	readonly sure: boolean;
};

/**
 * For so long after a worker was lost the broker may still give it work: it closes a silent connection
 * after two of its own heartbeats of 5 s, give or take one.
 */
const vigilMs = 20_000;

export const isVigil = ({lostAt}: Roster, now: number): boolean =>
	lostAt !== undefined && now - lostAt < vigilMs;

type Evidence = {
	readonly inFlight: InFlight;
	readonly roster: Roster;
	readonly dispatch: Pick<Dispatch, 'holds'>;
	readonly depth: (lane: Lane) => Promise<Depth>;
	/** Others put work into the same queues. */
	readonly shared: boolean;
	readonly now: number;
};

/**
 * Attempts that seem to be nowhere: no live worker names them, and their queue is empty, is gone, or
 * had, more than a beat ago, given out what was put there later. What
 * was sent to one worker is in no queue of a lane: only that worker's word counts. What this process holds
 * itself is not missing.
 */
export async function findMissing(evidence: Evidence): Promise<Missing[]> {
	const {inFlight, roster, dispatch, depth, shared, now} = evidence;
	for (const {task, attempt, worker} of roster.held()) {
		const flight = inFlight.get(task);
		if (flight?.attempt !== attempt) continue;
		// Whom it was sent to has given it back.
		if (typeof flight.to === 'string' && flight.to !== worker) flight.to = undefined;
		inFlight.heard(flight, now);
	}
	// Whoever has it could not say so, and the next heartbeat will.
	if (!roster.hears(silenceOf(roster))) {
		for (const flight of inFlight.list()) flight.missingSince = undefined;
		return [];
	}
	const before = now - silenceOf(roster);
	const silent = [...inFlight.list()].filter(
		({task, attempt, at, heardAt = 0}) => Math.max(at, heardAt) <= before && !dispatch.holds(task, attempt),
	);
	const depths = new Map<string, Depth>();
	if (silent.length > 0) for (const [lane, found] of await sound({inFlight, depth})) depths.set(lane, found);
	const scouts = shared ? scoutsOf(silent, inFlight, roster, now) : new Set<Flight>();
	const missing: Missing[] = [];
	for (const flight of silent) {
		const passed = inFlight.passed(flight.lane, now - namedWithin(roster));
		const strays = astray(flight, roster) !== undefined;
		const found = depths.get(laneName(flight.lane));
		const why =
			astray(flight, roster) ?? whyOf(flight, found, passed) ?? unseen(flight, found, evidence, scouts);
		if (why === undefined) {
			flight.missingSince = undefined;
			continue;
		}
		flight.missingSince ??= now;
		// A worker that was lost may have had it, or been given it since: the broker takes it for alive.
		// But of an empty queue it may have come out just now, to one that has not named it yet.
		const isOut = strays || (passed !== undefined && passed > 0 && flight.order <= passed);
		const sure = now - flight.missingSince >= graceOf(roster) || (isOut && isVigil(roster, now));
		missing.push({flight, why, sure});
	}
	return missing;
}

/** Asks how deep the queues are, by the name of their lane, and notes which are empty. */
export async function sound({
	inFlight,
	depth,
}: Pick<Evidence, 'inFlight' | 'depth'>): Promise<Map<string, Depth>> {
	const depths = new Map<string, Depth>();
	for (const lane of inFlight.lanes()) {
		const {put} = inFlight;
		const found = await depth(lane);
		depths.set(laneName(lane), found);
		if (found === 0 || found === undefined) inFlight.emptied(lane, put);
	}
	return depths;
}

/** Of what was sent to one worker. A worker that leaves puts what it has not started into the lane's queue. */
function astray({to}: Flight, roster: Roster): string | undefined {
	const state = typeof to === 'string' ? roster.stateOf(to) : undefined;
	if (typeof to !== 'string' || state === 'draining' || state === 'stopped') return undefined;
	if (state === undefined || state === 'lost') return `the worker ${to}, to which it was sent, is lost`;
	return `the worker ${to}, to which it was sent, does not name it`;
}

/** Of what was there at the start, and of which nothing that comes out of the queue tells. */
function unseen(
	flight: Flight,
	depth: Depth,
	{roster, now}: Evidence,
	scouts: ReadonlySet<Flight>,
): string | undefined {
	if (depth === null) return undefined;
	const isSought = now - (flight.foundAt ?? now) < awayMs && roster.live(flight.lane.pool).length > 0;
	if (flight.away && !isSought) {
		return 'another area may have had it before, and no worker here names it';
	}
	if (!scouts.has(flight)) return undefined;
	return 'nothing that was queued later has come out; it goes again, to tell of what was there';
}

function whyOf({order, heardAt}: Flight, depth: Depth, passed: number | undefined): string | undefined {
	if (depth === null) return undefined;
	const last = heardAt === undefined ? 'no worker has named it' : 'the worker that had it names it no more';
	if (depth === undefined) return `its queue is gone, and ${last}`;
	if (depth === 0) return `its queue is empty, and ${last}`;
	if (passed === undefined || order > passed) return undefined;
	return `what was queued later has come out, and ${last}`;
}

/** The row is still at this attempt, in the broker; and of this home, where one is named. */
function isAt(
	row: TaskRow,
	{attempt, of}: {readonly attempt: number; readonly of: string | undefined},
): boolean {
	return (
		row.state === 'queued' && row.placed && row.attempt === attempt && (of === undefined || row.home === of)
	);
}

/**
 * What is missing here and not looked after by another home meanwhile: whoever committed last is the home, and
 * this process does not hear of it. What is another's is forgotten.
 */
export async function stillOurs(
	missing: readonly Missing[],
	{store, home, inFlight}: {store: Pick<Store, 'load' | 'shared'>; home: string; inFlight: InFlight},
): Promise<readonly Missing[]> {
	if (!store.shared || missing.length === 0) return missing;
	const rows = await store.load(missing.map(({flight}) => flight.task));
	return missing.filter(({flight}) => {
		const row = rows.get(flight.task);
		if (row && isAt(row, {attempt: flight.attempt, of: home})) return true;
		if (inFlight.get(flight.task) === flight) inFlight.forget(flight.task);
		return false;
	});
}

/** Why it is taken for lost. */
export type Loss = {
	readonly why: string;
	/** Who had it; null where nobody is known to. */
	readonly worker: string | null;
	/** And that worker's mailbox is gone, from which nothing comes back. */
	readonly gone?: boolean;
};

/**
 * @param of who must still be its home; undefined: whoever is
 * @param straight it is dispatched to a live worker, past the pool's queue
 */
export function lostLetter(
	{task, attempt, of}: Pick<Held, 'task' | 'attempt'> & {readonly of: string | undefined},
	{why, worker, gone = false}: Loss,
	straight: boolean,
	settle: Letter['settle'],
): Letter {
	return {
		kind: 'event',
		name: 'lost',
		task,
		fresh: true,
		straight,
		read: (row, {now}) =>
			isAt(row, {attempt, of}) ? [{type: 'lost', at: now, attempt, worker, why, gone}] : undefined,
		settle,
	};
}
