// A recorded history in the words of the model: its marks, and the world in which a run is looked for that
// shows them.
import {failures} from '#actors/failure.ts';
import {mostSoloLosses} from '#actors/task.ts';
import type {HistoryEntry} from '#contract/audit.ts';
import type {TaskView} from '#contract/task.ts';
import {endOf, markOf, type Shown} from '../model/mark.ts';
import type {Behaviour, Config, FaultName, TaskSpec} from '../model/model.ts';

/** What was decided, in order; the last mark is what the row says if the task is over. */
export function marksOf(
	{state, attempt, charged, endedAt}: TaskView,
	entries: readonly HistoryEntry[],
): string[] {
	let claimer: string | null = null;
	const marks = entries.map(entry => {
		const {event, attempt: at, from, to, worker} = entry;
		const again = event === 'claim' && {again: worker === claimer};
		if (event === 'claim') claimer = worker;
		return markOf(event, at, from, to, {...shownBy(entry), ...again});
	});
	return endedAt === null ? marks : [...marks, endOf(state, attempt, charged)];
}

/** What an entry says in words; a wording that is not known shows nothing, and is refused for that. */
function shownBy({event, to, why}: HistoryEntry): Shown {
	const number = (pattern: RegExp): number | undefined => {
		const [, found] = pattern.exec(why ?? '') ?? [];
		return found === undefined ? undefined : Number(found);
	};
	const charged = number(/\(charge (\d+) of \d+\)$/);
	const losses = number(/\(nobody is charged; loss (\d+)\)$/);
	const grant = number(/\(grant (\d+)\)$/);
	const redelivered = why?.startsWith('its worker was lost or gave it back') === true;
	switch (event) {
		case 'fail':
			return {...(charged !== undefined && {charged}), ...(losses !== undefined && {losses})};
		case 'claim':
			if (to === 'dead') return {};
			if (why?.endsWith(': granted')) return {grant: 1, alone: false, redelivered};
			return grant === undefined
				? {}
				: {grant, alone: true, redelivered, soloLosses: number(/after (\d+) losses/) ?? 0};
		default:
			return {};
	}
}

/** What is not in a history: the policy of the function. */
export type Terms = {readonly infraAttempts: number};

/**
 * One task on one node, whose function ends its attempts as was recorded, and as few faults as can explain
 * what was seen, or some `more`.
 */
export function worldOf(
	view: TaskView,
	entries: readonly HistoryEntry[],
	terms: Terms,
	more: number,
): Config {
	const count = (fits: (entry: HistoryEntry) => boolean): number => entries.filter(fits).length;
	const named = (name: string): number => count(({event}) => event === name);
	const task = specOf(view, entries, named);
	// A task that kills its workers needs no other cause for what comes back.
	const needsCause = ({event, attempt}: HistoryEntry) =>
		event === 'claim' && (more > 0 || task.turns?.[attempt] !== 'killer');
	const claims = entries.filter(needsCause).map(shownBy);
	const gone = claims.filter(({redelivered}) => redelivered !== false).length;
	const claimers = entries.filter(needsCause).map(({worker}) => worker);
	const others = claimers.filter((one, i) => i > 0 && one !== claimers[i - 1]).length;
	// A worker asks twice when the answer is lost with the node that gave it.
	const twice = Math.max(0, claimers.length - 1 - others);
	const givenUp = named('giveUp');
	// Whatever the broker's limit is, a message that it gave up had come back so often.
	const limit = givenUp > 0 ? more : 9;
	const faults: Partial<Record<FaultName, number>> = {
		'lose connection': gone + givenUp * (limit + 1) + more,
		'crash worker': others,
		'crash node': Math.max(0, claims.length - gone - (more > 0 ? 0 : named('lost'))) + twice,
		'audit wrongly': named('lost'),
		// A worker's own queue goes with it.
		'purge queue': named('lost'),
	};
	return {
		tasks: [task],
		...{nodes: 1, workers: 1, parallel: 1, limit, mostLosses: mostSoloLosses},
		infraAttempts: terms.infraAttempts,
		faults,
	};
}

function specOf(
	{maxAttempts, failure}: TaskView,
	entries: readonly HistoryEntry[],
	named: (name: string) => number,
): TaskSpec {
	const turns: Record<number, Behaviour> = {};
	for (const {event, attempt, to, why} of entries) {
		if (event === 'fail') turns[attempt] = failed(why);
		if (to === 'dead' && ['claim', 'giveUp', 'lost'].includes(event)) turns[attempt] = 'killer';
	}
	const last = entries.at(-1);
	if (last?.event === 'fail' && failure?.permanent) turns[last.attempt] = 'refused';
	return {
		...{id: 't', door: 'rest', does: 'ok', turns, maxAttempts},
		...{cancel: named('cancel') > 0, expire: named('expire') > 0, deadline: named('deadline') > 0},
		...(named('redrive') > 0 && {redrive: 'silent', redrives: named('redrive')}),
	};
}

const turnOf = {user: 'fail', crash: 'poison', warren: 'unlucky', caller: 'refused'} as const;

/** Who is to blame is a fact about the failure; what it costs is for the model to say. */
function failed(why: string | null): Behaviour {
	const [code = ''] = (why ?? '').split(':', 1);
	return code in failures ? turnOf[failures[code as keyof typeof failures].blame] : 'fail';
}
