// Attempts that may run only alone (R15), and what it says if they are lost there (R16).
import type {Claim, TaskContext, TaskEvent} from './task.ts';

/** A grant to run alone, as it is kept: the copy, and the worker that holds it. */
const heldBy = (copy: string, worker: string): string => `${copy} ${worker}`;

/** Behind a grant that is known to be lost. No copy and no worker has a tab in its name. */
const mark = '\tlost';
const isLost = (held: string): boolean => held.endsWith(mark);

/** The grant to run alone that a copy of this attempt holds. */
export function soloOf({soloCopies}: TaskContext, copy: string): string | undefined {
	return soloCopies.find(held => held.startsWith(heldBy(copy, '')));
}

/** What is held once this copy is granted to run alone with this worker; what was lost is counted by then. */
export const granted = (task: TaskContext, {copy, worker}: Claim): string[] => [
	...task.soloCopies.filter(held => !isLost(held) && held !== soloOf(task, copy)),
	heldBy(copy, worker),
];

/**
 * R16: a loss is a copy that held a solo grant and comes back from another worker, or that is known to be lost. The
 * same worker asking again has lost an answer, or the connection, but not its life.
 */
export function soloLossesAfter(task: TaskContext, {redelivered, copy, worker}: Claim): number {
	const held = soloOf(task, copy);
	const cameBack = redelivered && held !== undefined && held !== heldBy(copy, worker);
	return task.soloLosses + task.soloCopies.filter(one => isLost(one) || (cameBack && one === held)).length;
}

/** Whether it is learned from the event that a worker that ran the attempt alone is lost. */
export const isLostAlone = (task: TaskContext, event: TaskEvent): boolean =>
	lostAlone(task, event).length > 0;

/**
 * The grants to run alone after such an event. They are not counted yet: the outcome of what is lost may still be on its
 * way, and only a claim comes behind all that was said before it (R13).
 */
export function withLost(task: TaskContext, event: TaskEvent): string[] {
	const lost = new Set(lostAlone(task, event));
	return task.soloCopies.map(held => (lost.has(held) && !isLost(held) ? held + mark : held));
}

/**
 * The grants to run alone of which an event tells that they are lost: the broker gave that very copy up (R17), or the
 * worker that held it is gone, and with it the mailbox from which nothing comes back (R16).
 */
function lostAlone(task: TaskContext, event: TaskEvent): readonly string[] {
	if (!('attempt' in event) || event.attempt !== task.attempt) return [];
	if (event.type === 'giveUp') return task.soloCopies.filter(held => held === soloOf(task, event.copy));
	if (event.type !== 'lost' || !event.gone || event.worker === null || !task.placed) return [];
	const {worker} = event;
	return task.soloCopies.filter(held => held.endsWith(heldBy('', worker)));
}
