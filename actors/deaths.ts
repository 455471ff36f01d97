// What a breaker is to know of a task, whoever asks later: the executors that died of it.
import type {TaskContext, TaskEvent} from './task.ts';

/** A breaker that waits for more deaths hears of so many of one task. */
export const mostDeaths = 100;

/** With those that this outcome tells of. */
export function deathsAfter({deaths}: TaskContext, event: TaskEvent): readonly number[] {
	if (!('deaths' in event) || !event.deaths) return deaths;
	return [...deaths, ...Array<number>(event.deaths).fill(event.at)].slice(-mostDeaths);
}

/** What another version killed is not held against this one. */
export const ofVersion = (
	{version: before, deaths}: TaskContext,
	version: string,
): Pick<TaskContext, 'version' | 'deaths'> => ({version, deaths: version === before ? deaths : []});
