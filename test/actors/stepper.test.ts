// The cheap stepper must do what xstate's own `transition()` does: in value, context and the effects
// with their params, over everything that can happen to a task, a function and a worker.
import test, {type ExecutionContext} from 'ava';
import {type AnyStateMachine, type EventFromLogic, type SnapshotFrom, transition} from 'xstate';
import {stepper} from '#actors/decide.ts';
import {functionMachine} from '#actors/functionMachine.ts';
import {taskMachine} from '#actors/taskMachine.ts';
import {workerMachine} from '#actors/workerMachine.ts';
import {contextOf, paths} from './reach.ts';
import {aFunction, aWorker, eventsFor, functionEvents, workerEvents} from './world.ts';

function agree<M extends AnyStateMachine>(
	t: ExecutionContext,
	machine: M,
	step: ReturnType<typeof stepper<M>>,
	snapshot: SnapshotFrom<M>,
	event: EventFromLogic<M>,
): void {
	const [mine, effects] = step(snapshot, event) as [Seen, readonly Action[]];
	const [theirs, actions] = transition(machine, snapshot, event) as [Seen, readonly Action[]];
	t.deepEqual({value: mine.value, context: mine.context}, {value: theirs.value, context: theirs.context});
	t.deepEqual(
		effects,
		actions.map(({type, params}) => ({type, params: params ?? {}})),
	);
	t.is((mine as unknown) === snapshot, (theirs as unknown) === snapshot);
}

type Seen = {readonly value: unknown; readonly context: unknown};
type Action = {readonly type: string; readonly params: unknown};

test('for every event in every reachable state of a task', t => {
	const step = stepper(taskMachine);
	const found = paths();
	t.true(found.length > 1000);
	for (const {task} of found) {
		const snapshot = taskMachine.resolveState({value: task.state, context: contextOf(task)});
		for (const event of eventsFor(task)) agree(t, taskMachine, step, snapshot, event);
	}
});

test('for every event in every state of a function', t => {
	const step = stepper(functionMachine);
	for (const value of ['building', 'active', 'paused', 'rejected', 'retired'] as const) {
		const {state: _, ...context} = aFunction();
		const snapshot = functionMachine.resolveState({value, context});
		for (const event of functionEvents) agree(t, functionMachine, step, snapshot, event);
	}
});

test('for every event in every state of a worker', t => {
	const step = stepper(workerMachine);
	for (const value of ['starting', 'idle', 'busy', 'draining', 'stopped', 'suspect', 'lost'] as const) {
		const {state: _, ...context} = aWorker({busy: 1});
		const snapshot = workerMachine.resolveState({value, context});
		for (const event of workerEvents) agree(t, workerMachine, step, snapshot, event);
	}
});

test('two steppers of one machine, and two steps in a row, do not mix their effects', t => {
	const [one, two] = [stepper(taskMachine), stepper(taskMachine)];
	const [{task}] = paths() as [ReturnType<typeof paths>[number]];
	const snapshot = taskMachine.resolveState({value: task.state, context: contextOf(task)});
	const event = {type: 'admit', at: 1, room: true} as const;
	const [, first] = one(snapshot, event);
	const [, second] = two(snapshot, event);
	const [, third] = one(snapshot, event);
	for (const effects of [first, second, third])
		t.deepEqual(effects, [{type: 'dispatch', params: {again: false}}]);
});
