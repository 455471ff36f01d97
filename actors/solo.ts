// Attempts that may run only alone (R15), and what it says if they are lost there (R16).
import type {Claim, TaskContext} from './task.ts';

/** The grant to run alone that a copy of this attempt holds. */
export function soloOf({soloCopies}: TaskContext, copy: string): string | undefined {
	return soloCopies.find(held => held.startsWith(`${copy} `));
}

/** The held copies but this one. */
export const without = (task: TaskContext, copy: string): string[] =>
	task.soloCopies.filter(held => held !== soloOf(task, copy));

/**
 * R16: only the very copy that held a solo grant, coming back from another worker, is a loss. The
 * same worker asking again has lost an answer, or the connection, but not its life.
 */
export function soloLossesAfter(task: TaskContext, {redelivered, copy, worker}: Claim): number {
	const held = soloOf(task, copy);
	return task.soloLosses + (redelivered && held !== undefined && held !== `${copy} ${worker}` ? 1 : 0);
}
