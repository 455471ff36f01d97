// A compiled table must do what xstate's own `transition()` does: in state, context and the effects
// with their params, over everything that can happen to a task, a function and a worker.
import test, {type ExecutionContext} from 'ava';
import {type AnyStateMachine, assign, createMachine, setup, transition} from 'xstate';
import {compile, type Row} from '#actors/compile.ts';
import {functionMachine} from '#actors/functionMachine.ts';
import {taskMachine} from '#actors/taskMachine.ts';
import {workerMachine} from '#actors/workerMachine.ts';
import {paths} from './reach.ts';
import {aFunction, aWorker, eventsFor, functionEvents, pausedFunctions, workerEvents} from './world.ts';

/** A comparison of both ways of stepping the machine. */
function comparer(t: ExecutionContext, machine: AnyStateMachine) {
	const table = compile<Row, {type: string}>(machine);
	return (row: Row, event: {type: string}): void => {
		const {state, ...context} = row;
		const before = machine.resolveState({value: state, context});
		const [after, actions] = transition(machine, before, event);
		const expected = {
			row: {...(after.context as object), state: after.value},
			effects: actions.map(({type, params}) => ({type, params: params ?? {}})),
		};
		const frozen = Object.freeze({...row});
		const step = table(frozen, event);
		if (before === after && actions.length === 0) return void t.is(step, undefined);
		t.deepEqual(step as unknown, expected);
		t.is(step?.row === frozen, before === after);
	};
}

test('for every event in every reachable state of a task', t => {
	const compare = comparer(t, taskMachine);
	const found = paths();
	t.true(found.length > 1000);
	for (const {task} of found) for (const event of eventsFor(task)) compare(task, event);
});

test('for every event in every state of a function', t => {
	const compare = comparer(t, functionMachine);
	for (const state of ['building', 'active', 'paused', 'rejected', 'retired'] as const)
		for (const row of [aFunction(), ...pausedFunctions])
			for (const event of functionEvents) compare({...row, state}, event);
});

test('for every event in every state of a worker', t => {
	const compare = comparer(t, workerMachine);
	for (const state of ['starting', 'idle', 'busy', 'draining', 'stopped', 'suspect', 'lost'] as const)
		for (const event of workerEvents) compare({...aWorker({busy: 1}), state}, event);
});

test('exit and entry, params from the context and a patch of several fields go as xstate has them go', t => {
	const machine = setup({
		types: {context: {} as {n: number; m: number}, events: {} as {type: 'go'} | {type: 'stay'}},
		actions: {
			swap: assign({n: ({context}) => context.m, m: ({context}) => context.n}),
			more: assign(({context}, {by}: {by: number}) => ({n: context.n + by})),
			say: (_, _params: {n: number}) => {},
		},
	}).createMachine({
		context: {n: 1, m: 2},
		initial: 'a',
		states: {
			a: {
				exit: {type: 'more', params: {by: 10}},
				on: {go: {target: 'b', actions: 'swap'}, stay: {target: 'a', actions: 'swap'}},
			},
			b: {
				entry: [
					{type: 'say', params: ({context}) => ({n: context.n})},
					{type: 'more', params: {by: 100}},
				],
			},
		},
	});
	const compare = comparer(t, machine);
	for (const state of ['a', 'b'])
		for (const type of ['go', 'stay', 'else']) compare({state, n: 1, m: 2} as Row, {type});
});

test('a machine with what is not compiled is refused', t => {
	const refused = (config: object, why: RegExp) =>
		t.throws(() => compile(createMachine({initial: 'a', states: {a: config, b: {}}} as never)), {
			instanceOf: TypeError,
			message: why,
		});
	t.throws(() => compile(createMachine({initial: 'a', states: {a: {}}, on: {go: '.a'}})), {message: /`on`/u});
	refused({initial: 'x', states: {x: {}}}, /task|compound/u);
	refused({always: 'b'}, /always/u);
	refused({after: {1: 'b'}}, /xstate\.after/u);
	refused({on: {'*': 'b'}}, /\*/u);
	refused({on: {go: {target: 'a', reenter: true}}}, /reenter/u);
	refused({on: {go: {target: 'b', guard: () => true}}}, /guard/u);
	refused({on: {go: {actions: () => {}}}}, /action/u);
	refused({invoke: {src: 'child'}}, /invoke/u);
});
