/**
 * Scales the pools that have a rule. Every server that has one for a pool looks at it every two seconds, so that
 * whichever comes to lead knows what was; the one that leads (of those that live the one with the smallest name)
 * says how many workers there should be, as an operator would. Should two think for a moment that they lead, both
 * say much the same, and the last word counts.
 *
 * A pool's rule has the last word over `warren scale`, too: what is too few or too many does not stay.
 */
import {poolOf, serves} from '#actors/lane.ts';
import type {AutoscaleView, Ruled} from '#contract/autoscale.ts';
import type {WorkerView} from '#contract/status.ts';
import type {ScaleView, SupervisorView} from '#contract/supervisor.ts';
import type {Ambient} from '#observe/observe.ts';
import {type Homes, liveHomes} from '#runtime/lead.ts';
import type {Held} from '#runtime/roster.ts';
import type {Stock, Store} from '#store/store.ts';
import {type Gauge, gauge, type Look} from './gauge.ts';
import {decide, type Memory, type ScaleRule} from './rule.ts';
import type {Rulings} from './rulings.ts';
import type {Scaler} from './scaler.ts';

export type Autoscaler = {
	start(): Promise<void>;
	stop(): Promise<void>;
	/** Each pool that has a rule: what was seen of it last, what was decided and why. */
	explain(): AutoscaleView[];
};

type Parts = {
	/** By pool. */
	readonly rules: Readonly<Record<string, ScaleRule>>;
	/** This server. */
	readonly home: string;
	readonly store: Pick<Store, 'stock'> & Homes;
	readonly scaler: Pick<Scaler, 'scale' | 'view'>;
	/** To and from the other servers. */
	readonly rulings: Rulings;
	/** The workers that it hears of, and what they hold. */
	readonly roster: {workers(): readonly WorkerView[]; held(): readonly Held[]};
	/** How many of these more workers would start. */
	readonly startable: (stock: Stock) => number;
};

/** What is known of a pool. */
type Watched = {
	readonly view: AutoscaleView;
	readonly memory?: Memory;
	readonly gauge?: Gauge;
};

const lookMs = 2000;
const mostDecisions = 100;

export function createAutoscaler({clock, log}: Ambient, parts: Parts): Autoscaler {
	const {rules, home, store, scaler, rulings, roster, startable} = parts;
	const pools = new Map(Object.entries(rules).map(([pool, rule]) => [pool, unseen(pool, rule, home)]));
	let callOff = () => {};
	let looking: Promise<void> | undefined;
	let stopped = false;

	const lookAt = (pool: string, stock: readonly Stock[], keepers: readonly SupervisorView[]): Look => {
		const at = clock.now();
		const workers = roster.workers().filter(one => one.pool === pool && isThere(one));
		const ages = agesOf(roster.held(), at);
		return {
			at,
			open: stock
				.filter(one => isFor(one.pool, pool, [...workers, ...keepers]))
				.reduce((sum, one) => sum + startable(one), 0),
			workers: workers.map(({id, state, slots, busy, ended, slotMs, startedAt}) => ({
				...{id, slots, busy, ended, slotMs, startedAt},
				takes: state !== 'draining',
				busyMs: ages.get(id) ?? 0,
			})),
		};
	};
	/** Of those that have a rule for it. */
	const leaderOf = (pool: string, live: readonly string[]): string | null => {
		if (live.length === 1) return live[0] ?? null;
		const others = rulings.of(pool);
		return (others && live.find(one => one === home || others.has(one))) ?? null;
	};
	/** Says what it has decided. */
	const watch = async (
		pool: string,
		rule: ScaleRule,
		live: readonly string[],
		stock: readonly Stock[],
	): Promise<readonly Ruled[]> => {
		const lead = leaderOf(pool, live);
		const isLead = lead === home;
		const known = () => pools.get(pool) ?? unseen(pool, rule, home);
		const scale = await scaler.view(pool);
		const {memory, gauge: before} = known();
		const seen = gauge(before, lookAt(pool, stock, scale.supervisors.filter(isRunning)));
		const {others} = scale;
		const kept = keptIn(scale);
		const wanted = kept + others;
		const now = seen.last.at;
		const decision = decide(rule, seen.load, {wanted, memory, now});
		// Those that were started by hand work, too, and nobody takes them away.
		const to = Math.max(0, decision.workers - others);
		const isKept = scale.supervisors.some(isRunning);
		const acts = isLead && isKept && to !== kept;
		const why = isKept ? decision.why : `${decision.why}; no supervisor of this pool is heard of`;
		if (acts) {
			await scaler.scale(pool, to);
			log.info({pool, from: wanted, to: to + others, why}, 'a pool is scaled by its rule');
		}
		// Another one may have decided meanwhile.
		const {upAt, downAt} = known().memory ?? {};
		const made = acts ? [{pool, at: now, from: wanted, to: to + others, why, node: home}] : [];
		pools.set(pool, {
			gauge: seen,
			// A step that was not made is none.
			memory: acts ? decision.memory : {...decision.memory, upAt, downAt},
			view: {
				...{pool, rule, node: home, leads: isLead, leader: lead, at: now, load: loadOf(seen), why},
				workers: acts ? to + others : wanted,
				decisions: withThem(known().view.decisions, made),
			},
		});
		return made;
	};
	/** Another one has made a step. */
	const hear = (ruled: Ruled): void => {
		const {pool, at, from, to} = ruled;
		const known = pools.get(pool);
		if (!known) return;
		const {memory, view} = known;
		// By this server's clock: a step that was made in the future would rest for too long.
		const when = Math.min(at, clock.now());
		const step = to > from ? {upAt: when} : {downAt: when};
		pools.set(pool, {
			...known,
			...(memory && {memory: {...memory, ...step}}),
			view: {...view, decisions: withThem(view.decisions, [ruled])},
		});
	};
	const look = async (): Promise<void> => {
		const [live, stock] = await Promise.all([liveHomes(store, home), store.stock()]);
		const decisions: Ruled[] = [];
		for (const [pool, rule] of Object.entries(rules))
			decisions.push(...(await watch(pool, rule, live, stock)));
		rulings.tell({pools: Object.keys(rules), decisions});
	};
	const tick = (): void => {
		if (stopped) return;
		looking = look()
			.catch(error => log.warn({err: error}, 'pools could not be scaled by their rules; trying again'))
			.then(() => {
				if (!stopped) callOff = clock.after(lookMs, tick);
			});
	};
	return {
		async start() {
			if (pools.size === 0) return;
			await rulings.start(hear);
			tick();
		},
		async stop() {
			stopped = true;
			callOff();
			await looking;
			await rulings.stop();
		},
		explain: () => [...pools.values()].map(({view}) => view),
	};
}

function unseen(pool: string, rule: ScaleRule, node: string): Watched {
	const nothing = {
		leads: false,
		leader: null,
		at: null,
		workers: null,
		load: null,
		why: 'it has not looked yet',
	};
	return {view: {pool, rule, node, ...nothing, decisions: []}};
}

/** Newest first. */
const withThem = (
	decisions: AutoscaleView['decisions'],
	more: readonly Ruled[],
): AutoscaleView['decisions'] =>
	[...more.map(({pool: _, ...one}) => one), ...decisions].slice(0, mostDecisions);

const isThere = ({state}: WorkerView) => state !== 'lost' && state !== 'stopped';

/** How long each worker's attempts have run, all together. */
function agesOf(held: readonly Held[], now: number): Map<string, number> {
	const ages = new Map<string, number>();
	for (const {worker, startedAt} of held) {
		if (startedAt !== null) ages.set(worker, (ages.get(worker) ?? 0) + Math.max(0, now - startedAt));
	}
	return ages;
}

/** How many its supervisors keep: as it was said, or as each of them was given. */
function keptIn({workers, supervisors}: ScaleView): number {
	return (
		workers ?? supervisors.reduce((sum, {wanted, state}) => sum + (state === 'lost' ? 0 : (wanted ?? 0)), 0)
	);
}

function loadOf({load: {runMs, ...load}}: Gauge): AutoscaleView['load'] {
	return {...load, ...(runMs !== undefined && {runMs})};
}

const isRunning = ({state}: SupervisorView) => state === 'running';

type Tagged = {readonly pool: string; readonly tags?: readonly string[]};

/**
 * More workers start no sooner what needs a tag that neither those that are there have nor those that a supervisor
 * would start. Where nobody is there, or all that is there does not say, nothing is known.
 */
const isFor = (part: string, pool: string, all: readonly Tagged[]): boolean => {
	const known = all.filter(({tags}) => tags !== undefined);
	return poolOf(part) === pool && (known.length === 0 || known.some(one => serves(one, part)));
};
