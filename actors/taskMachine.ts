import {assign, setup} from 'xstate';
import {hasAttemptsLeft, isCharged} from './charge.ts';
import {deathsAfter, ofVersion} from './deaths.ts';
import {type FailureCode, fail} from './failure.ts';
import {backoffMs} from './policy.ts';
import {granted, isLostAlone, soloLossesAfter, withLost} from './solo.ts';
import {type Grant, mostSoloLosses, type TaskContext, type TaskEvent} from './task.ts';

const at = ({event}: {event: TaskEvent}) => event.at;

export const taskMachine = setup({
	types: {context: {} as TaskContext, events: {} as TaskEvent, input: {} as TaskContext},
	guards: {
		room: ({event}) => 'room' in event && event.room,
		unplaced: ({context}) => !context.placed,
		stillPlaced: ({context, event}) =>
			'attempt' in event && event.attempt === context.attempt && context.placed,
		current: ({context, event}) => 'attempt' in event && event.attempt === context.attempt,
		currentWithRoom: ({context, event}) =>
			event.type === 'retry' && event.attempt === context.attempt && event.room,
		notStarted: ({context, event}) => event.type === 'expire' && !event.started && context.startedAt === null,
		waits: ({context}) => context.expiresAt !== null,
		tooLate: ({event}) => event.type === 'fail' && event.failure.code === 'DEADLINE_EXCEEDED',
		attemptsLeft: ({context, event}) =>
			event.type === 'fail' && hasAttemptsLeft(context, event.failure, event.policy),
		currentClaim: ({context, event}) => event.type === 'claim' && event.claim.attempt === context.attempt,
		firstGrant: ({context, event}) =>
			event.type === 'claim' && event.claim.attempt === context.attempt && context.grants === 0,
		inCompany: ({context, event}) =>
			event.type === 'claim' && event.claim.attempt === context.attempt && !event.claim.alone,
		lostTooOften: ({context, event}) =>
			event.type === 'claim' &&
			event.claim.attempt === context.attempt &&
			soloLossesAfter(context, event.claim) >= mostSoloLosses,
		ranAlone: ({context, event}) => isLostAlone(context, event),
	},
	actions: {
		// Effects: no body here, they are carried out by the runtime after the commit.
		dispatch: (_, _params: {again: boolean}) => {},
		stop: (_, _params: {attempt: number}) => {},
		answer: (_, _params: {grant: Grant}) => {},
		bury: () => {},
		reply: () => {},

		touch: assign({updatedAt: at}),
		// `running` is never stored, so an end that comes from outside says when the attempt began.
		noteStart: assign({
			startedAt: ({context, event}) =>
				event.type === 'cancel' || event.type === 'deadline'
					? (event.ran?.startedAt ?? context.startedAt)
					: context.startedAt,
		}),
		place: assign({placed: true, updatedAt: at}),
		// What was never placed was never published either (R9), so its attempt may still change its version.
		take: assign(({context, event}) =>
			event.type === 'place' && event.version ? ofVersion(context, event.version) : {},
		),
		begin: assign({startedAt: at, updatedAt: at}),
		end: assign({endedAt: at, updatedAt: at, placed: false, dueAt: null}),
		use: assign({usage: ({context, event}) => ('usage' in event ? event.usage : context.usage)}),
		forgive: assign({failure: null}),
		mourn: assign({deaths: ({context, event}) => deathsAfter(context, event)}),
		blame: assign((_, {code}: {code: FailureCode}) => ({failure: fail(code)})),
		record: assign(({context, event}) => {
			if (event.type !== 'fail') return {};
			const charged = isCharged(event.failure);
			return {
				failure: event.failure,
				deaths: deathsAfter(context, event),
				charged: context.charged + (charged ? 1 : 0),
				losses: context.losses + (charged ? 0 : 1),
			};
		}),
		// The failing commit moves to the next attempt at once, so `retrying` holds the next number (R14).
		nextAttempt: assign({
			attempt: ({context}) => context.attempt + 1,
			grants: 0,
			soloLosses: 0,
			soloCopies: [],
			placed: false,
			updatedAt: at,
		}),
		wait: assign({
			dueAt: ({context, event}) =>
				event.type === 'fail'
					? event.at + backoffMs(event.policy.backoff, context.charged + context.losses, event.jitter)
					: null,
		}),
		resume: assign({dueAt: null, updatedAt: at}),
		overdue: assign({expiresAt: null, updatedAt: at}),
		grant: assign({grants: ({context}) => context.grants + 1, updatedAt: at}),
		grantSolo: assign(({context, event}) => {
			if (event.type !== 'claim') return {};
			return {
				grants: context.grants + 1,
				soloLosses: soloLossesAfter(context, event.claim),
				soloCopies: granted(context, event.claim),
				updatedAt: event.at,
			};
		}),
		lose: assign({soloCopies: ({context, event}) => withLost(context, event), updatedAt: at}),
		// The next life: a later attempt number, nothing charged yet, no second reply unless asked.
		revive: assign(({context, event}) => {
			if (event.type !== 'redrive') return {};
			return {
				charged: 0,
				losses: 0,
				...ofVersion(context, event.version),
				maxAttempts: event.maxAttempts,
				expiresAt: null,
				deadline: null,
				startedAt: null,
				endedAt: null,
				replyTo: event.reply ? context.replyTo : null,
			};
		}),
	},
}).createMachine({
	id: 'task',
	context: ({input}) => input,
	initial: 'accepted',
	states: {
		accepted: {
			on: {
				admit: [
					{guard: 'room', target: 'queued', actions: ['place', {type: 'dispatch', params: {again: false}}]},
					{target: 'queued', actions: 'touch'},
				],
			},
		},
		queued: {
			on: {
				place: {guard: 'unplaced', actions: ['take', 'place', {type: 'dispatch', params: {again: false}}]},
				start: {guard: 'current', target: 'running', actions: 'begin'},
				claim: [
					{guard: 'firstGrant', actions: ['grant', {type: 'answer', params: {grant: 'yes'}}]},
					{guard: 'inCompany', actions: {type: 'answer', params: {grant: 'alone'}}},
					{
						guard: 'lostTooOften',
						target: 'dead',
						actions: [
							{type: 'blame', params: {code: 'DELIVERY_LIMIT'}},
							{type: 'answer', params: {grant: 'no'}},
						],
					},
					{guard: 'currentClaim', actions: ['grantSolo', {type: 'answer', params: {grant: 'solo'}}]},
				],
				// The broker gave a work message up (R17): sent again, and a loss if that copy ran alone, which the next claim counts.
				giveUp: [
					{guard: 'ranAlone', actions: ['lose', {type: 'dispatch', params: {again: true}}]},
					// A commit all the same, so that the dispatch has an heir if this node dies before it.
					{guard: 'current', actions: ['touch', {type: 'dispatch', params: {again: true}}]},
				],
				// The audit's repair (R26). Marked, so that it is claimed: if it was not lost after all, no harm is done.
				lost: [
					{guard: 'ranAlone', actions: ['lose', {type: 'dispatch', params: {again: true}}]},
					{guard: 'stillPlaced', actions: ['touch', {type: 'dispatch', params: {again: true}}]},
				],
				expire: [
					{guard: 'notStarted', target: 'expired', actions: {type: 'blame', params: {code: 'EXPIRED'}}},
					{guard: 'waits', actions: 'overdue'},
				],
				deadline: {
					target: 'expired',
					actions: ['noteStart', {type: 'blame', params: {code: 'DEADLINE_EXCEEDED'}}],
				},
				cancel: {target: 'cancelled', actions: ['noteStart', {type: 'blame', params: {code: 'CANCELLED'}}]},
			},
		},
		// Never stored: an outcome carries its start along, and both are applied in one commit.
		running: {
			on: {
				succeed: {target: 'succeeded', actions: ['use', 'mourn', 'forgive']},
				fail: [
					// A worker may see the deadline pass before the timer here does: the end is the same.
					{
						guard: 'tooLate',
						target: 'expired',
						actions: ['use', 'mourn', {type: 'blame', params: {code: 'DEADLINE_EXCEEDED'}}],
					},
					{guard: 'attemptsLeft', target: 'retrying', actions: ['use', 'record', 'nextAttempt', 'wait']},
					{target: 'dead', actions: ['use', 'record']},
				],
			},
		},
		retrying: {
			on: {
				retry: [
					{
						guard: 'currentWithRoom',
						target: 'queued',
						actions: ['resume', 'place', {type: 'dispatch', params: {again: false}}],
					},
					{guard: 'current', target: 'queued', actions: 'resume'},
				],
				expire: [
					{guard: 'notStarted', target: 'expired', actions: {type: 'blame', params: {code: 'EXPIRED'}}},
					{guard: 'waits', actions: 'overdue'},
				],
				deadline: {target: 'expired', actions: {type: 'blame', params: {code: 'DEADLINE_EXCEEDED'}}},
				cancel: {target: 'cancelled', actions: {type: 'blame', params: {code: 'CANCELLED'}}},
			},
		},
		// Not `final` for xstate: a redrive leaves it.
		dead: {
			entry: ['end', 'bury', 'reply'],
			on: {
				redrive: [
					{
						guard: 'room',
						target: 'queued',
						actions: ['revive', 'nextAttempt', 'place', {type: 'dispatch', params: {again: false}}],
					},
					{target: 'queued', actions: ['revive', 'nextAttempt']},
				],
			},
		},
		succeeded: {type: 'final', entry: ['end', 'reply']},
		cancelled: {
			type: 'final',
			entry: ['end', {type: 'stop', params: ({context}) => ({attempt: context.attempt})}, 'reply'],
		},
		expired: {
			type: 'final',
			entry: ['end', {type: 'stop', params: ({context}) => ({attempt: context.attempt})}, 'reply'],
		},
	},
});
