// Walks a task's machine over everything that can happen to it.
import {transition} from 'xstate';
import type {Task, TaskEvent} from '#actors/task.ts';
import {taskMachine} from '#actors/taskMachine.ts';
import {accepted, eventsFor} from './world.ts';

/** Bounds on lives that could go on for ever: what comes after these is met before them too. */
const lastAttempt = 2;
const manyGrants = 4;

type Step = {readonly event: TaskEvent; readonly task: Task};
export type Path = {readonly task: Task; readonly steps: readonly Step[]};

/**
 * A shortest way to every state of a task that can be reached, by xstate's own stepping. Breadth first, as its
 * `getShortestPaths` goes, which takes four times as long for them.
 */
export function paths(): Path[] {
	const first: Path = {task: accepted(), steps: []};
	const found = new Map([[JSON.stringify(first.task), first]]);
	// What is found while it is walked is walked, too.
	for (const {task, steps} of found.values()) {
		const {state: value, ...context} = task;
		if (context.attempt > lastAttempt || context.grants > manyGrants) continue;
		const before = taskMachine.resolveState({value, context});
		for (const event of eventsFor(task) as TaskEvent[]) {
			const [after] = transition(taskMachine, before, event);
			if (after === before) continue;
			const reached: Task = {...after.context, state: after.value as Task['state']};
			const key = JSON.stringify(reached);
			if (!found.has(key)) found.set(key, {task: reached, steps: [...steps, {event, task: reached}]});
		}
	}
	return [...found.values()];
}
