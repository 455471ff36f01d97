// What a task's row forgets. A row holds what the task is now; whatever a step overwrites (an earlier
// attempt's failure, a grant, a redrive) is written down by the commit that overwrites it. The plain
// way of a task (accepted, placed, started, succeeded) is in its row already, so it costs nothing:
// `plainHistory` reads it from there.
import {mostCharges} from './charge.ts';
import type {Failure} from './failure.ts';
import type {Task, TaskEvent, TaskState} from './task.ts';

/** One step of a task's life. */
export type HistoryEntry = {
	/** ms since the epoch. */
	readonly at: number;
	/** The attempt it was about. */
	readonly attempt: number;
	readonly event: TaskEvent['type'];
	readonly from: TaskState;
	readonly to: TaskState;
	/** In words; null where the event says it all. */
	readonly why: string | null;
	readonly worker: string | null;
	readonly executor: string | null;
};

const plain: readonly TaskEvent['type'][] = ['admit', 'place', 'start', 'succeed'];

/** Whether the row after these events still tells of all of them. */
export const isPlain = (events: readonly TaskEvent[]): boolean =>
	events.every(({type}) => plain.includes(type));

/** What one event did, for who reads it later. */
export function entryOf(event: TaskEvent, before: Task, after: Task): HistoryEntry {
	const {at, type} = event;
	const {worker = null, executor = null} = whereOf(event) ?? {};
	return {
		...{at, attempt: before.attempt, event: type, from: before.state, to: after.state},
		...{why: whyOf(event, before, after), worker, executor},
	};
}

/** The steps that a row tells of by itself. */
export function plainHistory(row: Task): HistoryEntry[] {
	const {createdAt: at, startedAt, endedAt, attempt, usage} = row;
	const none = {why: null, worker: null, executor: null};
	const entries: HistoryEntry[] = [
		{at, attempt: 1, event: 'admit', from: 'accepted', to: 'queued', ...none, why: `it came by ${row.door}`},
	];
	if (row.state !== 'succeeded' || endedAt === null) return entries;
	const where = {worker: usage?.worker ?? null, executor: usage?.executor ?? null};
	if (startedAt !== null)
		entries.push({
			at: startedAt,
			attempt,
			event: 'start',
			from: 'queued',
			to: 'running',
			why: null,
			...where,
		});
	entries.push({
		at: endedAt,
		attempt,
		event: 'succeed',
		from: 'running',
		to: 'succeeded',
		why: null,
		...where,
	});
	return entries;
}

function whereOf(event: TaskEvent): {worker?: string; executor?: string} | null {
	switch (event.type) {
		case 'start':
			return event.where ?? null;
		case 'succeed':
		case 'fail':
			return event.usage;
		case 'claim':
			return {worker: event.claim.worker};
		case 'cancel':
		case 'deadline':
			return event.ran;
		case 'lost':
			return event.worker === null ? null : {worker: event.worker};
		default:
			return null;
	}
}

function whyOf(event: TaskEvent, before: Task, after: Task): string | null {
	switch (event.type) {
		case 'fail':
			return `${saying(event.failure)}${chargeOf(event, before, after)}`;
		case 'claim':
			return claimOf(event.claim.redelivered, before, after);
		case 'giveUp':
			return `the broker gave up on its work message${loss(before, after)}`;
		case 'lost':
			return `${event.why}${loss(before, after)}`;
		case 'redrive':
			return event.version === before.version ? 'with the same version' : `with version ${event.version}`;
		case 'expire':
			return after.failure ? saying(after.failure) : 'it had started in time';
		case 'deadline':
		case 'cancel':
			return after.failure && saying(after.failure);
		default:
			return null;
	}
}

const saying = ({code, message}: Failure): string => `${code}: ${message.split('\n', 1)[0]}`;

type Failed = Extract<TaskEvent, {type: 'fail'}>;

function chargeOf({failure, policy}: Failed, before: Task, after: Task): string {
	const most = mostCharges(before, failure, policy);
	if (after.charged > before.charged) return ` (charge ${after.charged} of ${most})`;
	return ` (nobody is charged; loss ${after.losses})`;
}

/** Whether a worker that ran it alone is lost with it; the next claim says how many there were. */
const loss = (before: Task, after: Task): string =>
	before.soloCopies.join() === after.soloCopies.join()
		? '; dispatched again'
		: ' while it ran alone; dispatched again, and a loss unless its outcome comes first';

function claimOf(redelivered: boolean, before: Task, after: Task): string {
	const cause = redelivered ? 'its worker was lost or gave it back' : 'it may have been dispatched before';
	if (after.state === 'dead' && after.failure) return saying(after.failure);
	if (after.soloCopies.length === 0) return `${cause}: granted`;
	const losses = after.soloLosses > 0 ? `, after ${after.soloLosses} losses while it ran alone` : '';
	return `${cause}: granted to run alone${losses} (grant ${before.grants + 1})`;
}
