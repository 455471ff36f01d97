// A task's life as the law decides it, and the history that is told of it: what a real run records.
import {decide} from '#actors/decide.ts';
import {fail} from '#actors/failure.ts';
import {plainHistory} from '#actors/history.ts';
import type {Task, TaskEvent} from '#actors/task.ts';
import type {HistoryEntry} from '#contract/audit.ts';
import type {TaskView} from '#contract/task.ts';
import {accepted, policy, usage} from '../actors/world.ts';

export type Life = {readonly view: TaskView; readonly entries: readonly HistoryEntry[]};

/** Each list is one commit; the first one's task is placed at once. @throws Error when the law refuses */
export function lifeOf(...commits: readonly (readonly TaskEvent[])[]): Life {
	let task: Task = accepted({deadline: null, expiresAt: null});
	const written: HistoryEntry[] = [];
	for (const events of [admit, ...commits]) {
		const decision = decide(task, events);
		if (decision.verdict !== 'commit') throw new Error(`Expected ${events[0]?.type} to be allowed`);
		written.push(...decision.history);
		({task} = decision);
	}
	const [birth, ...end] = plainHistory(task);
	return {
		view: {...task, waitingFor: null, door: task.door} as TaskView,
		entries: [...(birth ? [birth] : []), ...written, ...end],
	};
}

const at = 1_800_000_001_000;
const admit: TaskEvent[] = [{type: 'admit', at, room: true}];

/** The events of a life, in short. */
export const succeeds = (attempt = 1): TaskEvent[] => [
	{type: 'start', at, attempt},
	{type: 'succeed', at, usage},
];
export const fails = (attempt = 1, code: Parameters<typeof fail>[0] = 'FUNCTION_THREW'): TaskEvent[] => [
	{type: 'start', at, attempt},
	{type: 'fail', at, failure: fail(code), policy, jitter: 0, usage},
];
export const retries = (attempt = 2): TaskEvent[] => [{type: 'retry', at, attempt, room: true}];
export const isLost = (attempt = 1): TaskEvent[] => [
	{type: 'lost', at, attempt, worker: null, why: 'nobody names it'},
];
/** With its worker, and the mailbox out of which that had it. */
export const isGone = (worker: string): TaskEvent[] => [
	{type: 'lost', at, attempt: 1, worker, why: `its worker ${worker} is lost`, gone: true},
];
export const isClaimed = (
	more: {attempt?: number; copy?: string; worker?: string; redelivered?: boolean; alone?: boolean} = {},
): TaskEvent[] => {
	const claim = {attempt: 1, copy: 'c', worker: 'w2', redelivered: true, alone: false, ...more};
	return [{type: 'claim', at, claim}];
};
export const isCancelled: TaskEvent[] = [{type: 'cancel', at, ran: null}];
export const isOverdue: TaskEvent[] = [{type: 'expire', at, started: false}];
export const isTooLate: TaskEvent[] = [{type: 'deadline', at, ran: null}];
export const isGivenUp = (copy = 'c'): TaskEvent[] => [{type: 'giveUp', at, attempt: 1, copy}];
export const isRedriven: TaskEvent[] = [
	{type: 'redrive', at, room: true, version: 'v1', maxAttempts: 2, reply: false},
];
