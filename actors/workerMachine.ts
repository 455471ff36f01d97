import {assign, setup} from 'xstate';
import {type LiveState, lostAfter, suspectAfter, type WorkerContext, type WorkerEvent} from './worker.ts';

const at = ({event}: {event: WorkerEvent}) => event.at;

const says = (event: WorkerEvent, state: LiveState) => event.type === 'beat' && event.state === state;

/** A beat is the worker's own word: whatever a copy believed, it is now in the state that it says. */
const beat = [
	{guard: 'saysStarting', target: 'starting', actions: 'hear'},
	{guard: 'saysIdle', target: 'idle', actions: 'hear'},
	{guard: 'saysBusy', target: 'busy', actions: 'hear'},
	{guard: 'saysDraining', target: 'draining', actions: 'hear'},
	{guard: 'saysStopped', target: 'stopped', actions: 'hear'},
] as const;

const silence = [
	{guard: 'silentTooLong', target: 'lost', actions: 'miss'},
	{guard: 'silentLong', target: 'suspect', actions: 'miss'},
	{actions: 'miss'},
] as const;

export const workerMachine = setup({
	types: {context: {} as WorkerContext, events: {} as WorkerEvent, input: {} as WorkerContext},
	guards: {
		loaded: ({event}) => event.type === 'load' && event.busy > 0,
		empty: ({event}) => event.type === 'load' && event.busy === 0,
		saysStarting: ({event}) => says(event, 'starting'),
		saysIdle: ({event}) => says(event, 'idle'),
		saysBusy: ({event}) => says(event, 'busy'),
		saysDraining: ({event}) => says(event, 'draining'),
		saysStopped: ({event}) => says(event, 'stopped'),
		silentLong: ({event}) => event.type === 'silence' && event.missed >= suspectAfter,
		silentTooLong: ({event}) => event.type === 'silence' && event.missed >= lostAfter,
	},
	actions: {
		touch: assign({updatedAt: at}),
		carry: assign({
			busy: ({context, event}) => (event.type === 'load' ? event.busy : context.busy),
			updatedAt: at,
		}),
		hear: assign({
			busy: ({context, event}) => (event.type === 'beat' ? event.busy : context.busy),
			missed: 0,
			updatedAt: at,
		}),
		miss: assign({
			missed: ({context, event}) =>
				event.type === 'silence' ? Math.max(event.missed, context.missed) : context.missed,
			updatedAt: at,
		}),
		empty: assign({busy: 0}),
	},
}).createMachine({
	id: 'worker',
	context: ({input}) => input,
	initial: 'starting',
	states: {
		starting: {
			on: {
				ready: {target: 'idle', actions: 'touch'},
				drain: {target: 'draining', actions: 'touch'},
				stop: {target: 'stopped', actions: 'touch'},
				beat,
				silence,
			},
		},
		idle: {
			on: {
				load: [{guard: 'loaded', target: 'busy', actions: 'carry'}, {actions: 'carry'}],
				drain: {target: 'draining', actions: 'touch'},
				stop: {target: 'stopped', actions: 'touch'},
				beat,
				silence,
			},
		},
		busy: {
			on: {
				load: [{guard: 'empty', target: 'idle', actions: 'carry'}, {actions: 'carry'}],
				drain: {target: 'draining', actions: 'touch'},
				stop: {target: 'stopped', actions: 'touch'},
				beat,
				silence,
			},
		},
		// Takes nothing new and finishes what it holds.
		draining: {
			on: {
				load: {actions: 'carry'},
				stop: {target: 'stopped', actions: 'touch'},
				beat,
				silence,
			},
		},
		// Of a copy: nothing is concluded yet.
		suspect: {on: {beat, silence}},
		// Of a copy: what it held is taken to run no more. It may be wrong, and a beat says so.
		lost: {on: {beat, silence: {actions: 'miss'}}},
		// Its last word. A worker that starts again has another id.
		stopped: {type: 'final', entry: 'empty'},
	},
});
