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
	| {type: 'pause'; at: number}
	| {type: 'resume'; at: number}
	| {type: 'retire'; at: number};

const at = ({event}: {event: FunctionEvent}) => event.at;

export const functionMachine = setup({
	types: {context: {} as FunctionContext, events: {} as FunctionEvent, input: {} as FunctionContext},
	actions: {
		touch: assign({updatedAt: at}),
		golive: assign({
			version: ({context, event}) => (event.type === 'activate' ? event.version : context.version),
			failure: null,
			updatedAt: at,
		}),
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
				activate: {actions: 'golive'},
				reject: {actions: 'note'},
				pause: {target: 'paused', actions: 'touch'},
				retire: {target: 'retired', actions: 'touch'},
			},
		},
		paused: {
			on: {
				build: {actions: 'touch'},
				activate: {actions: 'golive'},
				reject: {actions: 'note'},
				resume: {target: 'active', actions: 'touch'},
				retire: {target: 'retired', actions: 'touch'},
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
