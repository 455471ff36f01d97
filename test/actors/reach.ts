// Walks a task's machine over everything that can happen to it.
import {getShortestPaths} from 'xstate/graph';
import type {Task, TaskContext, TaskEvent} from '#actors/task.ts';
import {taskMachine} from '#actors/taskMachine.ts';
import {accepted, eventsFor} from './world.ts';

type Snapshot = ReturnType<typeof taskMachine.resolveState>;

/** Bounds on lives that could go on for ever: what comes after these is met before them too. */
const lastAttempt = 2;
const manyGrants = 4;

export function contextOf(task: Task): TaskContext {
	const {state: _, ...context} = task;
	return context;
}

const taskOf = ({value, context}: Snapshot): Task => ({...context, state: value as Task['state']});

export type Path = {readonly task: Task; readonly steps: readonly {event: TaskEvent; task: Task}[]};

/** A shortest way to every state of a task that can be reached, by xstate's own stepping. */
export function paths(): Path[] {
	const found = getShortestPaths(taskMachine, {
		input: contextOf(accepted()),
		events: snapshot => eventsFor(taskOf(snapshot)) as TaskEvent[],
		serializeState: snapshot => JSON.stringify(taskOf(snapshot)),
		serializeEvent: event => JSON.stringify(event),
		stopWhen: ({context}) => context.attempt > lastAttempt || context.grants > manyGrants,
	});
	return found.map(({state, steps: [_init, ...steps]}) => ({
		task: taskOf(state),
		steps: steps.map(step => ({event: step.event, task: taskOf(step.state)})),
	}));
}
