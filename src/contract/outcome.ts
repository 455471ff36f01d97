// Outcomes: how attempts ended, as a frame. Two bodies an outcome: its result (none for a failure)
// and what it printed (a JSON array of lines, none if it printed nothing).
// Worker → `warren.node.<home>`, or `warren.outcomes` if that queue is gone (R23).
import Type, {type Static} from 'typebox';
import {checker} from './check.ts';
import {FailureSchema} from './failure.ts';

export const UsageSchema = Type.Object({
	worker: Type.String(),
	executor: Type.String({
		description: 'The process of that worker: `e1`, `e2` …; `q3` is one for suspects, alone',
	}),
	cold: Type.Boolean(),
	initMs: Type.Number(),
	runMs: Type.Number(),
	cpuMs: Type.Number(),
	heapBytes: Type.Number(),
	hostCalls: Type.Optional(
		Type.Union([Type.Integer({minimum: 0}), Type.Null()], {
			description:
				'How often it called the host across the wall of its sandbox: lines printed, wishes to be woken, random bytes, names of domains. Null: its executor died, and nobody knows',
		}),
	),
});

export const OutcomeSchema = Type.Object({
	/** `<worker>.<counter>`: the same outcome published again keeps it. */
	id: Type.String({minLength: 1}),
	task: Type.String({minLength: 1}),
	attempt: Type.Integer({minimum: 1}),
	function: Type.String({minLength: 1}),
	/** ms since the epoch, by the worker's clock; shown, never used to decide. */
	startedAt: Type.Number(),
	endedAt: Type.Number(),
	failure: Type.Union([FailureSchema, Type.Null()]),
	usage: Type.Union([UsageSchema, Type.Null()]),
	/** So many executors died with this version's attempts inside and no other's; each is told once. */
	deaths: Type.Optional(Type.Integer({minimum: 1})),
});

export const OutcomesSchema = Type.Object({
	worker: Type.String(),
	items: Type.Array(OutcomeSchema, {minItems: 1}),
});

export type OutcomeItem = Static<typeof OutcomeSchema>;
export type Outcomes = Static<typeof OutcomesSchema>;
export const checkOutcomes = checker(OutcomesSchema);
