import {assign, setup} from 'xstate';
import type {Failure} from '#actors/failure.ts';
import type {Who} from '#contract/executor.ts';

/** Why an executor was ended by its supervisor. */
export type KillReason =
	/** Its memory went over the hard limit. */
	| 'memory'
	/** It missed its heartbeats. */
	| 'silent'
	/** A sandbox in it can't be ended from inside. */
	| 'stuck'
	/** It sent what no executor of ours sends. */
	| 'hostile'
	/** It did not become ready in time. */
	| 'start'
	/** The worker ends. */
	| 'closed';

/** Who made it necessary, where that is known. */
export type Culprit = {readonly list: number; readonly who: Who; readonly failure: Failure};

type Context = {reason: KillReason | null; culprit: Culprit | null};
type Event =
	| {type: 'ready'}
	| {type: 'retire'}
	| {type: 'kill'; reason: KillReason; culprit: Culprit | null}
	| {type: 'exit'};

/**
 * One executor process. Lists are given to it only while it is `ready`; a `retiring` one finishes what
 * it has and ends by itself; a `dying` one was sent SIGKILL and its end is awaited.
 */
export const executorMachine = setup({
	types: {context: {} as Context, events: {} as Event},
	actions: {
		remember: assign(({event}) => {
			return event.type === 'kill' ? {reason: event.reason, culprit: event.culprit} : {};
		}),
	},
}).createMachine({
	id: 'executor',
	initial: 'starting',
	context: {reason: null, culprit: null},
	states: {
		starting: {
			on: {
				ready: 'ready',
				retire: {target: 'dying'},
				kill: {target: 'dying', actions: 'remember'},
				exit: 'dead',
			},
		},
		ready: {on: {retire: 'retiring', kill: {target: 'dying', actions: 'remember'}, exit: 'dead'}},
		retiring: {on: {kill: {target: 'dying', actions: 'remember'}, exit: 'dead'}},
		dying: {on: {exit: 'dead'}},
		dead: {type: 'final'},
	},
});
