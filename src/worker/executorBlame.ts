// Who pays for a dead executor (R25, docs/decisions/0008). We know which items were handed to it and have not
// ended; with items that run one after the other we can't know which of a list was inside: the news of an
// end may have died with the process. So exactly one open item is charged; of several none is, and each
// is run again alone, where it can only hurt itself, until one of them does. If the executor itself named the call that it
// could not end, that call is charged and the others are bystanders; if it was nobody's, all are.
import {type Failure, fail} from '#actors/failure.ts';
import type {Job} from './executorJob.ts';
import type {Culprit, KillReason} from './executorMachine.ts';
import {createSuspicion} from './executorSuspicion.ts';

/** What is to be done about the jobs of a dead executor. */
export type Blame = {
	readonly charged: readonly {readonly job: Job; readonly index: number; readonly failure: Failure}[];
	/**
	 * To be run again, each alone, until one is found guilty. If no other version was inside, it died of this
	 * one, even if none of them can be convicted.
	 */
	readonly suspects: readonly Job[];
	/** To be run again like any other: its executor died of somebody else, or before it had read them. */
	readonly bystanders: readonly Job[];
};

export type Death = {
	/** null: it ended by itself or by somebody else's hand. */
	readonly reason: KillReason | null;
	readonly culprit: Culprit | null;
	/** Exit code or signal, as one word. */
	readonly how: string;
	/** The last it wrote to its standard error. */
	readonly complaint: string;
};

export function blame(jobs: ReadonlyMap<number, Job>, death: Death): Blame {
	const {culprit} = death;
	const all = [...jobs.values()].filter(job => !job.over);
	const accused = culprit ? jobs.get(culprit.list) : undefined;
	const open = all.filter(job => job.inside || job === accused);
	const others = open.filter(job => job !== accused).map(job => job.again(job.open, job.suspect));
	// Sent to one that was dead already, or about to be.
	const missed = all.filter(job => !open.includes(job)).map(job => job.missed());
	if (culprit?.who === 'nobody') {
		const spared = accused && !accused.over ? spare(accused) : [];
		return {charged: [], ...sort([...spared, ...others, ...missed])};
	}
	if (culprit && accused && !accused.over) {
		// What can't be loaded can't be loaded for any item of its list.
		const indexes = culprit.who === 'version' ? accused.open : [culprit.who];
		const charged = indexes.map(index => ({job: accused, index, failure: culprit.failure}));
		const rest = accused.open.filter(index => !indexes.includes(index));
		const spared = rest.length > 0 ? [accused.again(rest, false)] : [];
		return {charged, ...sort([...spared, ...others, ...missed])};
	}
	const [only] = open;
	const alone = open.length === 1 && only?.open.length === 1 ? only : undefined;
	if (alone) {
		const index = alone.open[0] ?? 0;
		return {charged: [{job: alone, index, failure: failureOf(death)}], ...sort(missed)};
	}
	const isOneVersion = new Set(open.map(job => job.build.digest)).size === 1;
	const count = open.reduce((sum, job) => sum + job.open.length, 0);
	const suspicion = createSuspicion(count, isOneVersion);
	const suspects = open.flatMap(job => job.open.map(index => job.again([index], true, suspicion)));
	return {charged: [], ...sort([...suspects, ...missed])};
}

function sort(jobs: readonly Job[]): Pick<Blame, 'suspects' | 'bystanders'> {
	return {suspects: jobs.filter(job => job.suspect), bystanders: jobs.filter(job => !job.suspect)};
}

/**
 * A list that had not begun: its version has cost an executor. Not again and again on that executor's word, which may
 * be in the hands of user code.
 */
function spare(list: Job): Job[] {
	const again = list.missed(createSuspicion(list.open.length, true));
	return again.inside ? again.open.map(index => again.again([index], true)) : [again];
}

// What V8 and the C++ library say before they abort for want of memory.
const outOfMemory = /out of memory|allocation failed|bad_alloc/i;

function failureOf({reason, how, complaint}: Death): Failure {
	if (reason === 'memory' || (reason === null && outOfMemory.test(complaint))) {
		return fail('MEMORY_LIMIT', 'The function used more memory than its executor may have', {details: {how}});
	}
	const why = reason === 'silent' ? 'stopped answering' : `ended (${how})`;
	return fail('CRASHED', `The executor ${why} while only this task was inside`, {details: {how}});
}
