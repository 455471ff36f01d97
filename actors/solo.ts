// Attempts that may run only alone (R15), and what it says if they are lost there (R16).
import type {Claim, TaskContext, TaskEvent} from './task.ts';

/** A grant to run alone, as it is kept: the copy, and the worker that holds it. */
const heldBy = (copy: string, worker: string): string => `${copy} ${worker}`;

/** The grant to run alone that a copy of this attempt holds. */
export function soloOf({soloCopies}: TaskContext, copy: string): string | undefined {
	return soloCopies.find(held => held.startsWith(heldBy(copy, '')));
}

/** What is held once this copy is granted to run alone with this worker. */
export const granted = (task: TaskContext, {copy, worker}: Claim): string[] => [
	...task.soloCopies.filter(held => held !== soloOf(task, copy)),
	heldBy(copy, worker),
];

/**
 * R16: only the very copy that held a solo grant, coming back from another worker, is a loss. The
 * same worker asking again has lost an answer, or the connection, but not its life.
 */
export function soloLossesAfter(task: TaskContext, {redelivered, copy, worker}: Claim): number {
	const held = soloOf(task, copy);
	return task.soloLosses + (redelivered && held !== undefined && held !== heldBy(copy, worker) ? 1 : 0);
}

/**
 * The grants to run alone that an event takes away: the broker gave that very copy up (R17), or the worker that
 * held it is gone, and with it the mailbox from which nothing comes back (R16).
 */
export function lostAlone(task: TaskContext, event: TaskEvent): readonly string[] {
	if (!('attempt' in event) || event.attempt !== task.attempt) return [];
	if (event.type === 'giveUp') return task.soloCopies.filter(held => held === soloOf(task, event.copy));
	if (event.type !== 'lost' || !event.gone || event.worker === null || !task.placed) return [];
	const {worker} = event;
	return task.soloCopies.filter(held => held.endsWith(heldBy('', worker)));
}
