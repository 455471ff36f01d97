// What workers say of attempts: how they ended, and what they ask before they run one that may have run.
import {fail} from '#actors/failure.ts';
import type {Grant, TaskEvent} from '#actors/task.ts';
import type {ClaimMessage} from '#contract/claim.ts';
import type {News} from '#contract/control.ts';
import type {OutcomeItem} from '#contract/outcome.ts';
import type {TaskRow} from '#store/store.ts';
import type {Letter, Settled, World} from './letter.ts';
import type {Stops} from './stops.ts';
import type {Tombs} from './tombs.ts';

export type Reports = {
	/** `taken` is called once it is committed, or a fresh read has shown that it changes nothing; false: it is to come again. */
	outcome(report: Report, taken: (isTaken: boolean) => void): void;
	/** Calls back with whatever a worker has ended, before it is committed. */
	watch(ended: (task: string, attempt: number) => void): void;
	/** Undefined: it can't be answered now. */
	claim(asked: Omit<ClaimMessage, 'id'>): Promise<Grant | undefined>;
};

export type Report = {
	readonly item: OutcomeItem;
	readonly result?: Buffer | undefined;
	/** A JSON array of lines. */
	readonly logs?: Buffer | undefined;
};

type Parts = {
	readonly home: string;
	readonly tell: (letter: Letter) => void;
	readonly tombs: Tombs;
	readonly stops: Stops;
	/** Tells the other servers; undefined: there are none. */
	readonly news: ((news: News) => void) | undefined;
	readonly measured: (row: TaskRow, outcome: OutcomeItem) => void;
};

export function createReports({home, tell, tombs, stops, news, measured}: Parts): Reports {
	const watching: ((task: string, attempt: number) => void)[] = [];
	/** It is over for its worker: it needs no tombstone (R24). */
	const over = (outcome: OutcomeItem) => {
		tombs.remove(outcome.task, outcome.attempt);
		stops.tell(outcome);
		for (const ended of watching) ended(outcome.task, outcome.attempt);
		// Another server may have ended it, and wait to hear of it.
		if (news && outcome.failure?.code === 'CANCELLED') news({about: 'stopped', from: home, outcome});
	};
	return {
		outcome({item, result, logs}, taken) {
			over(item);
			tell({
				kind: 'event',
				name: 'outcome',
				task: item.task,
				read: (row, world) => readOutcome(item, row, world),
				result,
				log: logs && {attempt: item.attempt, lines: logs},
				comesAgain: true,
				settle: settled => {
					if (settled.how === 'committed') measured(settled.row, item);
					taken(settled.how !== 'failed');
				},
			});
		},
		watch: ended => void watching.push(ended),
		async claim(asked) {
			const settled = await new Promise<Settled>(resolve => tell(claimLetter(asked, resolve)));
			if (settled.how === 'failed') return undefined;
			return ('grant' in settled ? settled.grant : undefined) ?? 'no';
		},
	};
}

/** R14: taken only while queued, with the exact attempt; its start comes along, so both are one commit. */
function readOutcome(item: OutcomeItem, row: TaskRow, world: World): readonly TaskEvent[] | undefined {
	if (row.state !== 'queued' || row.attempt !== item.attempt) return undefined;
	const {now} = world;
	// Two clocks are in play: the worker's is only shown, and never later than the home's.
	const {usage, failure: told, deaths = told?.code === 'CRASHED' ? 1 : 0} = item;
	const start: TaskEvent = {
		...{type: 'start', attempt: item.attempt, at: Math.min(now, item.startedAt)},
		where: usage && {worker: usage.worker, executor: usage.executor},
	};
	const failure = told ?? (usage ? null : fail('INTERNAL', 'The outcome says nothing of its run'));
	if (failure) {
		const policy = world.policy(row.version);
		return [start, {type: 'fail', at: now, failure, policy, jitter: world.jitter(), usage, deaths}];
	}
	return usage ? [start, {type: 'succeed', at: now, usage, deaths}] : undefined;
}

/** R13: decided on a fresh read, after all earlier letters of that task. */
function claimLetter(asked: Omit<ClaimMessage, 'id'>, settle: (settled: Settled) => void): Letter {
	const {attempt, copy, worker, redelivered, alone} = asked;
	return {
		kind: 'event',
		name: 'claim',
		task: asked.task,
		fresh: true,
		read: (row, {now}) =>
			row.state === 'queued' && row.attempt === attempt
				? [{type: 'claim', at: now, claim: {attempt, copy, worker, redelivered, alone}}]
				: undefined,
		comesAgain: true,
		settle,
	};
}
