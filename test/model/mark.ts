// What a commit shows of itself to who reads a task's history later, as one line of words: so marks that
// the model makes can be held against marks that were recorded (test/chaos/recorded.ts writes the same).
import {isCharged} from './charge.ts';
import type {Op, Plan, Row} from './state.ts';

/** What is counted, as far as an event shows it. */
export type Shown = {
	/** What is charged to the task then, and what nobody paid for. */
	readonly charged?: number;
	readonly losses?: number;
	/** Of a claim: it is asked by the worker that asked last, so that worker has not died since (R16). */
	readonly again?: boolean;
	/** Of a claim: the message had been delivered before. */
	readonly redelivered?: boolean;
	/** Of a claim: which grant it is, and whether it is one to run alone. */
	readonly grant?: number;
	readonly alone?: boolean;
	/** Losses while it ran alone. */
	readonly soloLosses?: number;
};

/** `claim 1 queued to queued: grant 2, alone true, soloLosses 0`. */
export function markOf(event: string, attempt: number, from: string, to: string, shown: Shown = {}): string {
	const parts = Object.entries(shown).map(([name, value]) => `${name} ${value}`);
	const says = parts.length > 0 ? `: ${parts.sort().join(', ')}` : '';
	return `${event} ${attempt} ${from} to ${to}${says}`;
}

/** The last mark of all: what the row says once the task is over. */
export const endOf = (state: string, attempt: number, charged: number): string =>
	`it is ${state} at attempt ${attempt}, charged ${charged}`;

export const endOfRow = ({state, attempt, charged}: Row): string => endOf(state, attempt, charged);

/**
 * None: a commit that no history tells of.
 * @param claimer who claimed last, as `claimerOf` says it
 */
export function marksOf(op: Op, plan: Plan, before: Row | undefined, row: Row, claimer: string): string[] {
	if (!before) return [markOf('admit', 1, 'accepted', row.state)];
	const mark = (event: string, shown?: Shown) =>
		markOf(event, before.attempt, before.state, row.state, shown);
	switch (op.kind) {
		case 'outcome':
			return outcomeMarks(op, before, row);
		case 'timer':
			return [mark(op.more.timer?.kind ?? '')];
		case 'claim':
			return [mark('claim', {again: claimerOf(op) === claimer, ...(!plan.limit && grantOf(op, row))})];
		case 'audit':
			return [mark('lost')];
		case 'giveUp':
		case 'cancel':
		case 'redrive':
			return [mark(op.kind)];
		default:
			return [];
	}
}

/** A start is told with its outcome. */
function outcomeMarks({index, more}: Op, {attempt, state}: Row, row: Row): string[] {
	const blame = more.outcomes?.[index]?.blame ?? null;
	const start = markOf('start', attempt, state, 'running');
	if (!blame) return [start, markOf('succeed', attempt, 'running', row.state)];
	const shown = isCharged(blame) ? {charged: row.charged} : {losses: row.losses};
	return [start, markOf('fail', attempt, 'running', row.state, shown)];
}

function grantOf({more}: Op, {grants, soloLosses, soloCopies}: Row): Shown {
	if (soloCopies.length > 0) return {grant: grants, alone: true, soloLosses, ...cause(more.claim)};
	return {grant: grants, alone: false, ...cause(more.claim)};
}

/** The process of a worker; empty where it is no claim. */
export const claimerOf = ({more: {claim}}: Op): string => (claim ? `${claim.worker}#${claim.epoch}` : '');

const cause = (claim: Op['more']['claim']): Shown => ({redelivered: claim?.redelivered === true});
