// One work message, from its delivery to its verdict. What was never delivered before runs as one list;
// what may have run before is claimed, each attempt by itself (R13).
import {fail} from '#actors/failure.ts';
import {defaultClass} from '#actors/lane.ts';
import type {Build} from '#contract/build.ts';
import type {Work} from '#contract/work.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Delivery, Verdict} from '#transport/transport.ts';
import type {Claims} from './claims.ts';
import {type Attempt, readWork} from './delivered.ts';
import type {Executors, RunItem, RunOutcome} from './executors.ts';
import type {Held} from './held.ts';
import type {Outbox} from './outbox.ts';
import type {Slots} from './slots.ts';
import {isBuild, type Versions} from './versions.ts';

type Parts = {
	readonly worker: string;
	readonly executors: Executors;
	readonly slots: Slots;
	readonly claims: Claims;
	readonly versions: Versions;
	readonly held: Held;
	readonly outbox: Outbox;
	/** Aborted: the worker is killed. What is in hand goes back to the broker as it is. */
	readonly killed: AbortSignal;
};

/** `returned`: the worker drains and has not started it. */
type Fate = 'over' | 'returned';

export type Jobs = (delivery: Delivery) => Promise<Verdict>;

export function createJobs({clock, log}: Ambient, parts: Parts): Jobs {
	const {worker, executors, slots, claims, versions, held, outbox, killed} = parts;
	const abandoned = new Promise<Fate[]>(resolve => {
		killed.addEventListener('abort', () => resolve(['returned']), {once: true});
	});
	let counter = 0;

	/** Sends an attempt's outcome and waits until the broker has it (R23). */
	const report = (work: Work, {item}: Attempt, outcome: RunOutcome, startedAt: number): Promise<void> => {
		const {task, attempt, function: fn} = item;
		const usage = outcome.usage && {...outcome.usage, worker};
		const id = `${worker}.${++counter}`;
		const failure = outcome.failure ?? null;
		const {deaths} = outcome;
		const times = {startedAt, endedAt: clock.now()};
		const head = {id, task, attempt, function: fn, ...times, failure, usage, ...(deaths && {deaths})};
		return outbox.send(work.home, {item: head, result: outcome.result, logs: outcome.logs});
	};
	const refuse = async (
		work: Work,
		list: readonly Attempt[],
		failure: RunOutcome['failure'],
	): Promise<Fate> => {
		await Promise.all(list.map(one => report(work, one, {failure, usage: null} as RunOutcome, clock.now())));
		return 'over';
	};

	const inside = (work: Work, list: readonly Attempt[], build: Build): Promise<void> => {
		const starts = new Map<RunItem, number>();
		const attempts = new Map(list.map(one => [runItem(one), one]));
		return new Promise(resolve => {
			const confirms: Promise<void>[] = [];
			executors.run(build, [...attempts.keys()], {
				started(item) {
					starts.set(item, clock.now());
					held.started(item.task, item.attempt, clock.now());
				},
				settled(item, outcome) {
					const one = attempts.get(item);
					if (one) confirms.push(report(work, one, outcome, starts.get(item) ?? clock.now()));
					if (confirms.length === list.length) resolve(Promise.all(confirms).then(() => undefined));
				},
			});
		});
	};

	const run = async (work: Work, list: readonly Attempt[], leave: () => void): Promise<Fate> => {
		try {
			const live = list.filter(({item}) => !held.isStopped(item.task, item.attempt));
			const stopped = list.filter(one => !live.includes(one));
			const [first] = live;
			const build = first && (await versions.get(first.item.version));
			if (first && !build) return 'returned';
			const said = refuse(work, stopped, fail('CANCELLED'));
			if (build && isBuild(build)) await inside(work, live, build);
			else await refuse(work, live, build);
			return await said;
		} finally {
			leave();
		}
	};

	const together = async (work: Work, list: readonly Attempt[]): Promise<Fate> => {
		const leave = await slots.enter(classOf(work));
		return leave ? run(work, list, leave) : 'returned';
	};

	/** R15: from the second grant on, it runs with nothing else in the worker. */
	const alone = async (work: Work, one: Attempt, redelivered: boolean): Promise<Fate> => {
		const leave = await slots.enter(classOf(work), 'alone');
		if (!leave) return 'returned';
		const grant = await claims.ask(work.home, claimOf(work, one, redelivered, true));
		if (grant === 'yes' || grant === 'solo') return run(work, [one], leave);
		leave();
		return grant === 'no' ? 'over' : 'returned';
	};

	const claimed = async (work: Work, one: Attempt, redelivered: boolean): Promise<Fate> => {
		const grant = await claims.ask(work.home, claimOf(work, one, redelivered, false));
		if (grant === undefined) return 'returned';
		if (grant === 'alone') return alone(work, one, redelivered);
		return grant === 'no' ? 'over' : together(work, [one]);
	};

	return async delivery => {
		const read = readWork(delivery);
		if ('why' in read) {
			log.error({why: read.why, queue: delivery.queue}, 'a work message was refused');
			return 'drop';
		}
		const {work, attempts} = read;
		for (const {item} of attempts) held.add(item.task, item.attempt, item.function);
		const unsure = attempts.filter(({item}) => delivery.redelivered || item.again);
		const sure = attempts.filter(one => !unsure.includes(one));
		try {
			const all = Promise.all([
				...unsure.map(one => claimed(work, one, delivery.redelivered)),
				...(sure.length > 0 ? [together(work, sure)] : []),
			]);
			const fates = await Promise.race([all, abandoned]);
			// What is already over will be denied when it is claimed, so the whole message may go back.
			return fates.includes('returned') ? 'retry' : 'ack';
		} finally {
			for (const {item} of attempts) held.remove(item.task, item.attempt);
		}
	};
}

const classOf = ({class: priority = defaultClass}: Work) => priority;

const runItem = ({item: {task, attempt, wallMs, deadline}, input}: Attempt): RunItem => ({
	task,
	attempt,
	input,
	wallMs,
	deadline,
});

function claimOf({copy}: Work, {item: {task, attempt}}: Attempt, redelivered: boolean, isAlone: boolean) {
	return {task, attempt, copy, redelivered, alone: isAlone};
}
