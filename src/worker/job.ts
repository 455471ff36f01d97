// Attempts, from the moment they may run to the moment their home has how they ended. What was never
// delivered before runs as one list; what may have run before is claimed, each attempt by itself (R13).
import {fail} from '#actors/failure.ts';
import type {Class} from '#actors/lane.ts';
import type {Grant} from '#actors/task.ts';
import type {Build} from '#contract/build.ts';
import type {ClaimMessage} from '#contract/claim.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Attempt} from './delivered.ts';
import type {Executors, RunItem, RunOutcome} from './executors.ts';
import type {Held} from './held.ts';
import type {Outcome} from './outbox.ts';
import type {Slots} from './slots.ts';
import {isBuild, type Versions} from './versions.ts';

/** The home of attempts, as a worker speaks to it. */
export type HomeLine = {
	/** Resolves when the home has it, or the broker does for it (R23). */
	report(outcome: Outcome): Promise<void>;
	/** Resolves to the answer, or to undefined when the worker drains first. */
	ask(claim: Claim): Promise<Grant | undefined>;
};

export type Claim = Omit<ClaimMessage, 'id' | 'worker'>;

/** What attempts that came together have in common. */
export type Errand = {
	readonly home: HomeLine;
	readonly class: Class;
	/** Names the message, or whatever else they came by (R16). */
	readonly copy: string;
	readonly redelivered: boolean;
};

/** `returned`: the worker drains and has not started it. */
export type Fate = 'over' | 'returned';

export type Jobs = {
	/** Asks the home first, and waits for a place. */
	claimed(errand: Errand, one: Attempt): Promise<Fate>;
	/** Waits for a place. */
	together(errand: Errand, list: readonly Attempt[]): Promise<Fate>;
	/** In a place of `slots` that is given back by `leave`. */
	run(errand: Errand, list: readonly Attempt[], leave: () => void): Promise<Fate>;
};

type Parts = {
	readonly worker: string;
	readonly executors: Executors;
	readonly slots: Slots;
	readonly versions: Versions;
	readonly held: Held;
};

export function createJobs({clock}: Ambient, parts: Parts): Jobs {
	const {worker, executors, slots, versions, held} = parts;
	let counter = 0;

	const report = ({home}: Errand, {item}: Attempt, outcome: RunOutcome, startedAt: number): Promise<void> => {
		const {task, attempt, function: fn} = item;
		const usage = outcome.usage && {...outcome.usage, worker};
		const id = `${worker}.${++counter}`;
		const failure = outcome.failure ?? null;
		const {deaths} = outcome;
		const times = {startedAt, endedAt: clock.now()};
		const head = {id, task, attempt, function: fn, ...times, failure, usage, ...(deaths && {deaths})};
		return home.report({item: head, result: outcome.result, logs: outcome.logs});
	};
	const refuse = async (
		errand: Errand,
		list: readonly Attempt[],
		failure: RunOutcome['failure'],
	): Promise<Fate> => {
		const outcome = {failure, usage: null} as RunOutcome;
		await Promise.all(list.map(one => report(errand, one, outcome, clock.now())));
		return 'over';
	};

	const isLive = ({item}: Attempt): boolean => !held.isStopped(item.task, item.attempt);

	const inside = (errand: Errand, list: readonly Attempt[], build: Build): Promise<void> => {
		const starts = new Map<RunItem, number>();
		const attempts = new Map(list.map(one => [runItem(one), one]));
		return new Promise(resolve => {
			const confirms: Promise<void>[] = [];
			executors.run(build, [...attempts.keys()], {
				started(item) {
					const now = clock.now();
					starts.set(item, now);
					const one = attempts.get(item);
					if (one) held.started(one, now);
				},
				settled(item, outcome) {
					const one = attempts.get(item);
					if (!one) return;
					const reported = report(errand, one, outcome, starts.get(item) ?? clock.now());
					confirms.push(reported.then(() => held.ended(one)));
					if (confirms.length === list.length) resolve(Promise.all(confirms).then(() => undefined));
				},
			});
		});
	};

	const run = async (errand: Errand, list: readonly Attempt[], leave: () => void): Promise<Fate> => {
		try {
			const first = list.find(isLive);
			const build = first && (await versions.get(first.item.version));
			if (first && !build) return 'returned';
			// Its code may have been long on its way: what was stopped meanwhile is not started either (R24).
			const live = list.filter(isLive);
			const stopped = live.length < list.length ? list.filter(one => !live.includes(one)) : [];
			const said = refuse(errand, stopped, fail('CANCELLED'));
			if (live.length === 0) return await said;
			if (build && isBuild(build)) await inside(errand, live, build);
			else await refuse(errand, live, build);
			return await said;
		} finally {
			leave();
		}
	};

	const together = async (errand: Errand, list: readonly Attempt[]): Promise<Fate> => {
		const leave = await slots.enter(errand.class);
		return leave ? run(errand, list, leave) : 'returned';
	};

	/** R15: from the second grant on, it runs with nothing else in the worker. */
	const alone = async (errand: Errand, one: Attempt): Promise<Fate> => {
		const leave = await slots.enter(errand.class, 'alone');
		if (!leave) return 'returned';
		const grant = await errand.home.ask(claimOf(errand, one, true));
		if (grant === 'yes' || grant === 'solo') return run(errand, [one], leave);
		leave();
		return grant === 'no' ? 'over' : 'returned';
	};

	return {
		async claimed(errand, one) {
			const grant = await errand.home.ask(claimOf(errand, one, false));
			if (grant === undefined) return 'returned';
			if (grant === 'alone') return alone(errand, one);
			return grant === 'no' ? 'over' : together(errand, [one]);
		},
		together,
		run,
	};
}

const runItem = ({item: {task, attempt, wallMs, deadline, chunk}, input}: Attempt): RunItem => ({
	...{task, attempt, input, wallMs, deadline},
	...(chunk !== undefined && {isChunk: true}),
});

function claimOf({copy, redelivered}: Errand, {item: {task, attempt}}: Attempt, alone: boolean): Claim {
	return {task, attempt, copy, redelivered, alone};
}
