// The one place where machines are stepped. A decision is pure: what the row becomes, which timers it
// has then, and which effects follow the commit. Time, dice and the room in the broker are event fields.
import {compile} from './compile.ts';
import type {FunctionRow} from './function.ts';
import {type FunctionEvent, functionMachine} from './functionMachine.ts';
import {entryOf, type HistoryEntry, isPlain} from './history.ts';
import {
	isTerminal,
	type Task,
	type TaskEffect,
	type TaskEvent,
	type TaskState,
	type TaskTimer,
	timersOf,
} from './task.ts';
import {taskMachine} from './taskMachine.ts';
import type {WorkerEvent, WorkerRow} from './worker.ts';
import {workerMachine} from './workerMachine.ts';

export type Decision =
	| {
			readonly verdict: 'commit';
			readonly task: Task;
			/** The states entered, in order: a queued task's outcome enters `running` and its end. */
			readonly path: readonly TaskState[];
			readonly effects: readonly TaskEffect[];
			readonly set: readonly TaskTimer[];
			readonly clear: readonly TaskTimer['kind'][];
			/** What the row will not tell by itself. */
			readonly history: readonly HistoryEntry[];
	  }
	| {
			/** Nothing to commit. From a cached row this is only a guess: decide again on a fresh one (R4). */
			readonly verdict: 'pass';
			readonly effects: readonly TaskEffect[];
			/** False: the machine does not allow the event in this state. */
			readonly allowed: boolean;
	  };

/** Applies events in order, as one decision; stops at the first one that is not allowed. */
export function decide(task: Task, events: readonly TaskEvent[]): Decision {
	const effects: TaskEffect[] = [];
	const path: TaskState[] = [];
	const history: HistoryEntry[] = [];
	const told = !isPlain(events);
	let next = task;
	for (const event of events) {
		// The same row with effects is an answer without a commit (a claim made in company, R15).
		const taken = step(next, event);
		if (!taken) return {verdict: 'pass', effects: [], allowed: false};
		if (taken.row.state !== next.state) path.push(taken.row.state);
		effects.push(...(taken.effects as readonly TaskEffect[]));
		if (told) history.push(entryOf(event, next, taken.row));
		next = taken.row;
	}
	if (next === task) return {verdict: 'pass', effects, allowed: true};
	return {verdict: 'commit', task: next, path, effects, history, ...timersBetween(task, next)};
}

/**
 * What a row still owes to the world when nobody knows whether its effects were carried out
 * (R6, R19): a placed attempt is dispatched again and claimed; an end is told again.
 */
export function owes(task: Task): TaskEffect[] {
	if (task.state === 'queued' && task.placed) return [{type: 'dispatch', params: {again: true}}];
	if (task.state === 'dead') return [{type: 'bury'}, {type: 'reply'}];
	return isTerminal(task.state) ? [{type: 'reply'}] : [];
}

function timersBetween(before: Task, after: Task): {set: TaskTimer[]; clear: TaskTimer['kind'][]} {
	const old = before.state === 'accepted' ? [] : timersOf(before);
	const now = timersOf(after);
	if (old.length === 0 && now.length === 0) return {set: [], clear: []};
	return {
		set: now.filter(timer => !old.some(other => other.kind === timer.kind && other.at === timer.at)),
		clear: old.filter(timer => !now.some(other => other.kind === timer.kind)).map(timer => timer.kind),
	};
}

const step = compile<Task, TaskEvent>(taskMachine);
const stepFunction = compile<FunctionRow, FunctionEvent>(functionMachine);
const stepWorker = compile<WorkerRow, WorkerEvent>(workerMachine);

/** Applies events in order; undefined when one of them is not allowed. A function has no effects of its own. */
export function decideFunction(row: FunctionRow, events: readonly FunctionEvent[]): FunctionRow | undefined {
	let next: FunctionRow | undefined = row;
	for (const event of events) next = next && stepFunction(next, event)?.row;
	return next;
}

/** Applies an event to a worker's own row, or to a roster's copy; undefined when it is not allowed. */
export const decideWorker = (row: WorkerRow, event: WorkerEvent): WorkerRow | undefined =>
	stepWorker(row, event)?.row;
