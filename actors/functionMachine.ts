import {assign, setup} from 'xstate';
import type {Failure} from './failure.ts';
import type {FunctionRow} from './function.ts';

export type FunctionContext = Omit<FunctionRow, 'state'>;

export type FunctionEvent =
	/** New code is on its way. A function that is live stays so until the new version is good. */
	| {type: 'build'; at: number}
	/** The version works: it is the live one now. */
	| {type: 'activate'; at: number; version: string}
	| {type: 'reject'; at: number; failure: Failure}
	/** An operator's word. */
	| {type: 'pause'; at: number; why: string}
	/** The breaker's: this version keeps taking executors down. */
	| {type: 'trip'; at: number; why: string; version: string}
	| {type: 'resume'; at: number}
	| {type: 'retire'; at: number};

/** How many are remembered; what still waits for one before these runs as it is. */
const mostBroken = 20;

const at = ({event}: {event: FunctionEvent}) => event.at;

const without = ({broken}: FunctionContext, version: string | null) => broken.filter(one => one !== version);

export const functionMachine = setup({
	types: {context: {} as FunctionContext, events: {} as FunctionEvent, input: {} as FunctionContext},
	guards: {
		// A late crash of a version that was replaced meanwhile says nothing of the one that is live.
		isLive: ({context, event}) => event.type === 'trip' && event.version === context.version,
		tripped: ({context}) => context.pause?.by === 'breaker',
		isRemedy: ({context, event}) =>
			event.type === 'activate' && context.pause?.by === 'breaker' && event.version !== context.pause.version,
	},
	actions: {
		touch: assign({updatedAt: at}),
		golive: assign({
			version: ({context, event}) => (event.type === 'activate' ? event.version : context.version),
			failure: null,
			updatedAt: at,
		}),
		// Somebody has chosen it again: it may crash as often as any other.
		readmit: assign({
			broken: ({context, event}) =>
				event.type === 'activate' ? without(context, event.version) : context.broken,
		}),
		stop: assign(({context, event}) => {
			if (event.type === 'trip') {
				const {version, why} = event;
				return {
					pause: {by: 'breaker', why, at: event.at, version} as const,
					broken: [...without(context, version), version].slice(-mostBroken),
					updatedAt: event.at,
				};
			}
			if (event.type !== 'pause') return {};
			const {version} = context;
			return {pause: {by: 'operator', why: event.why, at: event.at, version} as const, updatedAt: event.at};
		}),
		// Somebody has looked and lets the live version run once more.
		trust: assign({broken: ({context}) => without(context, context.version)}),
		free: assign({pause: null, updatedAt: at}),
		note: assign({
			failure: ({context, event}) => (event.type === 'reject' ? event.failure : context.failure),
			updatedAt: at,
		}),
	},
}).createMachine({
	id: 'function',
	context: ({input}) => input,
	initial: 'building',
	states: {
		building: {
			on: {
				build: {actions: 'touch'},
				activate: {target: 'active', actions: 'golive'},
				reject: {target: 'rejected', actions: 'note'},
			},
		},
		active: {
			on: {
				build: {actions: 'touch'},
				activate: {actions: ['golive', 'readmit']},
				reject: {actions: 'note'},
				pause: {target: 'paused', actions: 'stop'},
				trip: {guard: 'isLive', target: 'paused', actions: 'stop'},
				retire: {target: 'retired', actions: 'touch'},
			},
		},
		paused: {
			on: {
				build: {actions: 'touch'},
				activate: [
					{guard: 'isRemedy', target: 'active', actions: ['golive', 'readmit', 'free']},
					{actions: 'golive'},
				],
				reject: {actions: 'note'},
				// An operator takes the breaker's pause over: then no deployment ends it.
				pause: {guard: 'tripped', actions: 'stop'},
				resume: {target: 'active', actions: ['trust', 'free']},
				retire: {target: 'retired', actions: 'free'},
			},
		},
		rejected: {
			on: {
				build: {target: 'building', actions: 'touch'},
				retire: {target: 'retired', actions: 'touch'},
			},
		},
		retired: {type: 'final'},
	},
});
