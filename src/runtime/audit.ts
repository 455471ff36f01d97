// The background audit (R26): balances what the store says with the broker and with the
// heartbeats, repairs what the broker lost, and names what it found. Nothing else in the house relies
// on it: each thing it heals is a fault of the broker's, or a bug, and is counted and logged as such.
//
// Its evidence may be wrong, and its repairs may be: a re-dispatch is marked and claimed, an order to
// stop is for an attempt that a fresh read showed to be over.
import {isTerminal} from '#actors/task.ts';
import {type Audit as AuditReport, type Break, breakKinds} from '#contract/audit.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store, Timer} from '#store/store.ts';
import type {Queues} from './depth.ts';
import type {Flight, InFlight} from './inFlight.ts';
import {leader} from './lead.ts';
import {createRowCount, ledgerOf} from './ledger.ts';
import type {Letter} from './letter.ts';
import {findMissing, graceOf, isVigil, type Loss, lostLetter, sound, stillOurs} from './missing.ts';
import {createPlacements} from './placements.ts';
import type {Placing} from './placing.ts';
import type {Roster} from './roster.ts';
import type {Dispatch} from './runtime.ts';
import {createStalled} from './stalled.ts';
import {createTakeBack} from './takeBack.ts';
import {deliver} from './timers.ts';

export type Audit = {
	/** Looks now, heals what it can, and says what it saw. `rows`: counts them first. @throws StoreTrouble */
	look(options?: {readonly rows?: boolean}): Promise<AuditReport>;
	/** What this worker held runs elsewhere, also what it had no time to name. */
	workerLost(worker: string): void;
	stop(): void;
};

type Parts = Queues & {
	readonly home: string;
	readonly store: Store;
	readonly inFlight: InFlight;
	readonly roster: Roster;
	readonly dispatch: Pick<Dispatch, 'holds'>;
	readonly placing: Pick<Placing, 'place' | 'shouldMove'>;
	readonly tell: (letter: Letter) => void;
	/** The worker must stop this attempt (R24). */
	readonly stop: (task: string, attempt: number) => void;
	/** Timers may be due that did not fire. */
	readonly wake: () => void;
	readonly everyMs: number;
};

/** Between two counts of all rows. */
const rowsEveryMs = 3_600_000;
const mostTimers = 100;
/** What a timer may be late without being wrong. */
const timerGraceMs = 5000;
/** While a lost worker may still be given work. */
const vigilEveryMs = 500;
/** While a worker is late: had it taken the last of a queue, nobody could say so once it is lost. */
const soundEveryMs = 250;
/** Attempts named by heartbeats that are looked up in one pass. */
const mostStrays = 1000;

export function createAudit(ambient: Ambient, parts: Parts): Audit {
	const {clock, log, metrics} = ambient;
	const {store, inFlight, roster, dispatch, tell} = parts;
	/** Where others work on the store too, they see to what is theirs. */
	const of = store.shared ? parts.home : undefined;
	const healed = new Map<string, number>();
	const heal = (kind: Break['kind']) => {
		healed.set(kind, (healed.get(kind) ?? 0) + 1);
		metrics.audited.inc({kind});
	};

	/** Resolves once it is dispatched again, or was seen to need it no more. */
	const redispatch = (flight: Flight, loss: Loss): Promise<void> =>
		new Promise(done => {
			flight.healing = true;
			// Queued, it could come to the lost worker: the broker takes that for alive.
			const straight = isVigil(roster, clock.now());
			const letter = lostLetter({...flight, of}, loss, straight, settled => {
				flight.healing = false;
				if (settled.how === 'committed') heal('lost');
				if (settled.how === 'passed') inFlight.forget(flight.task);
				done();
			});
			tell(letter);
		});
	/** Of what was sent to one worker, whose process may be gone before that worker is taken for lost: what it ran alone is a loss. */
	const blame = async (flight: Flight, why: string): Promise<void> => {
		const {to} = flight;
		if (typeof to !== 'string') return redispatch(flight, {why, worker: null});
		// Nobody else redispatches it meanwhile.
		flight.healing = true;
		return redispatch(flight, {why, worker: to, gone: await parts.isGone(to)});
	};
	const takeBack = createTakeBack(parts, redispatch);
	const lost = async (): Promise<Break[]> => {
		const {depth} = parts;
		const evidence = {inFlight, roster, dispatch, depth, shared: store.shared, now: clock.now()};
		const missing = await stillOurs(await findMissing(evidence), parts);
		for (const {flight, why, sure} of missing) {
			if (!sure || flight.healing) continue;
			log.warn({task: flight.task, attempt: flight.attempt, why}, 'an attempt is lost; dispatching it again');
			void blame(flight, why);
		}
		return missing.map(({flight, why, sure}) => ({
			...{kind: 'lost', task: flight.task, why, since: flight.missingSince ?? clock.now(), healing: sure},
		}));
	};

	/**
	 * Heartbeats that name what is over, and was some beats ago: an order to stop was lost, or was forgotten by
	 * a restart. What ended just now may be named by the last beat, however long it ran.
	 */
	const strays = async (): Promise<Break[]> => {
		// What was said last may have been long ago.
		if (!roster.hears(graceOf(roster))) return [];
		const before = clock.now() - graceOf(roster);
		const held = roster.held().filter(one => one.startedAt !== null && one.startedAt < before);
		const unknown = held.filter(one => inFlight.get(one.task)?.attempt !== one.attempt).slice(0, mostStrays);
		const rows = await store.load(unknown.map(({task}) => task));
		const over = unknown.filter(({task, attempt}) => {
			const row = rows.get(task);
			if (!row) return true;
			return (isTerminal(row.state) || row.attempt > attempt) && (row.endedAt ?? row.updatedAt) < before;
		});
		return over.map(({task, attempt, worker, startedAt}) => {
			parts.stop(task, attempt);
			heal('stray');
			const why = `${worker} runs attempt ${attempt}, which is over; it was told to stop`;
			return {kind: 'stray', task, why, since: startedAt ?? before, healing: true};
		});
	};

	const timers = async (): Promise<Break[]> => {
		const before = clock.now() - timerGraceMs;
		const late = await store.due(before, mostTimers);
		if (late.length > 0) parts.wake();
		// Timers follow from rows, so one that is gone fires as if it were there.
		const gone = await store.untimed(before, mostTimers);
		for (const timer of gone) void deliver(timer, tell);
		const broken = ({task, kind, at}: Timer, has: string): Break => {
			heal('timer');
			return {kind: 'timer', task, why: `its timer \`${kind}\` ${has}`, since: at, healing: true};
		};
		return [
			...late.map(timer => broken(timer, 'has not fired')),
			...gone.map(timer => broken(timer, 'is gone')),
		];
	};

	const rowCount = createRowCount(ambient, store);
	const placements = createPlacements(ambient, {
		...{store, home: parts.home, inFlight, roster},
		redispatch(task, attempt, why) {
			log.warn({task, attempt, why}, 'an attempt is lost; dispatching it again');
			const straight = isVigil(roster, clock.now());
			const settle: Letter['settle'] = ({how}) => how === 'committed' && heal('lost');
			tell(lostLetter({task, attempt, of}, {why, worker: null}, straight, settle));
		},
	});
	const stalled = createStalled(ambient, {store, roster, placing: parts.placing});
	const unplaced = async (): Promise<Break[]> => {
		const found = await stalled();
		for (const {kind} of found) heal(kind);
		return found;
	};
	const looks = [lost, strays, timers, placements, unplaced];
	const look = async ({rows = false}: {readonly rows?: boolean} = {}): Promise<AuditReport> => {
		if (rows) await rowCount.count();
		const at = clock.now();
		const found: Break[] = [...rowCount.breaks];
		for (const one of looks) found.push(...(await one()));
		const {counts, births} = await store.ledger();
		const ledger = ledgerOf(counts, births, roster.running);
		const {accepted, succeeded, dead, cancelled, expired, waiting, running} = ledger;
		const difference = accepted - succeeded - dead - cancelled - expired - waiting - running;
		if (difference !== 0) {
			const why = `${Math.abs(difference)} tasks ${difference > 0 ? 'are missing' : 'too many are there'}`;
			found.push({kind: 'ledger', task: null, why, since: at, healing: false});
			log.error({difference}, 'the ledger does not balance');
		}
		for (const kind of breakKinds) {
			metrics.drift.set({kind}, found.filter(one => one.kind === kind).length);
		}
		const depths = await Promise.all(inFlight.lanes().map(lane => parts.depth(lane)));
		return {
			...{at, balanced: found.length === 0, ledger, difference, breaks: found},
			rows: rowCount.last ?? null,
			placed: {
				store: counts.filter(({placed}) => placed).reduce((sum, {count}) => sum + count, 0),
				node: inFlight.size,
				heard: [...inFlight.list()].filter(({heardAt}) => (heardAt ?? 0) > at - graceOf(roster)).length,
				broker: depths.every(depth => typeof depth === 'number')
					? depths.reduce((sum, depth) => sum + depth, 0)
					: null,
			},
			healed: Object.fromEntries(healed),
		};
	};
	let stopped = false;
	let callOff = () => {};
	const lookAnyway = () =>
		look().then(
			() => undefined,
			error => log.warn({err: error}, 'the audit could not look; it will again'),
		);
	const again = () => {
		const delay = isVigil(roster, clock.now()) ? Math.min(vigilEveryMs, parts.everyMs) : parts.everyMs;
		callOff();
		if (!stopped) callOff = clock.after(delay, () => void lookAnyway().then(again));
	};
	/** One server for all of a store: it reads as much whoever does it. */
	const countForAll = async (): Promise<void> => {
		if ((await leader(store, parts.home)) === parts.home) await rowCount.count();
		else rowCount.forget();
	};
	const countRows = () => {
		const counted = countForAll().catch(error => log.warn({err: error}, 'the rows could not be counted'));
		void counted.then(() => {
			if (!stopped) callOffCount = clock.after(rowsEveryMs, countRows);
		});
	};
	const watch = () => {
		const sounded = roster.late ? sound({inFlight, depth: parts.depth}).then(() => {}) : Promise.resolve();
		void sounded
			.catch(error => log.debug({err: error}, 'the queues could not be sounded'))
			.then(() => {
				if (!stopped) callOffWatch = clock.after(soundEveryMs, watch);
			});
	};
	let callOffWatch = clock.after(soundEveryMs, watch);
	let callOffCount = clock.after(parts.everyMs, countRows);
	again();
	return {
		look,
		workerLost: worker => void takeBack(worker).then(lookAnyway).then(again),
		stop() {
			stopped = true;
			callOff();
			callOffWatch();
			callOffCount();
		},
	};
}
