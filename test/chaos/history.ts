// A history that was recorded under faults, held against the law: is each step one that the task's machine
// has, does it begin where the one before ended, and does the attempt never go back?
import {taskMachine} from '#actors/taskMachine.ts';
import type {HistoryEntry} from '#contract/audit.ts';
import type {TaskView} from '#contract/task.ts';

/** What is not lawful about it, in words; undefined: nothing. */
export function unlawful({state}: TaskView, entries: readonly HistoryEntry[]): string | undefined {
	let at = 'accepted';
	let fence = 0;
	for (const {event, from, to, attempt} of entries) {
		if (from !== at) return `${event} begins in ${from}, after a step that ended in ${at}`;
		if (!leads(from, event, to)) return `the machine has no ${event} from ${from} to ${to}`;
		if (attempt < fence) return `attempt ${attempt} came after attempt ${fence}`;
		at = to;
		fence = attempt;
	}
	return at === state ? undefined : `it ends in ${at}, and the task is ${state}`;
}

function leads(from: keyof typeof taskMachine.states, event: string, to: string): boolean {
	const ways = taskMachine.states[from]?.transitions.get(event) ?? [];
	return ways.some(({target}) => (target?.[0]?.key ?? from) === to);
}
