import Type, {type Static} from 'typebox';
import {checker} from './check.ts';

export const WorkerViewSchema = Type.Object(
	{
		id: Type.String(),
		pool: Type.String(),
		tags: Type.Array(Type.String(), {description: 'What functions may need of it'}),
		host: Type.String(),
		pid: Type.Integer(),
		version: Type.String(),
		state: Type.Enum(['starting', 'idle', 'busy', 'draining', 'stopped', 'suspect', 'lost'] as const),
		slots: Type.Integer(),
		busy: Type.Integer(),
		warm: Type.Record(Type.String(), Type.Integer()),
		rssBytes: Type.Integer(),
		executors: Type.Integer(),
		restarts: Type.Integer(),
		ended: Type.Integer({description: 'Attempts that it has run since it started'}),
		slotMs: Type.Number({description: 'How long those had their slots, all together'}),
		missingWalls: Type.Array(Type.String(), {
			description: 'What its machine does not enforce around executors: SECURITY.md',
		}),
		supervisor: Type.Union([Type.String({description: 'Keeps it: one that ends is replaced'}), Type.Null()]),
		startedAt: Type.Number(),
		lastBeat: Type.Number(),
	},
	{$id: 'Worker'},
);

/** A server, as the store knows it. */
export const NodeViewSchema = Type.Object(
	{
		id: Type.String(),
		live: Type.Boolean({description: 'Its lease runs; what others owe is taken up by those that live'}),
		asked: Type.Boolean({description: 'It is the node that answers'}),
		state: Type.Enum(['live', 'left', 'silent'] as const, {
			description:
				'`left`: it was stopped, or can not reach the broker, and said so; `silent`: it has not been heard of for the ' +
				'time of its lease',
		}),
		host: Type.Union([Type.String(), Type.Null()]),
		version: Type.Union([Type.String(), Type.Null()]),
		startedAt: Type.Union([Type.Number(), Type.Null()]),
		heardAt: Type.Union([Type.Number(), Type.Null()], {
			description: 'Its last word, by the clock of the store; of the node that answers: now',
		}),
		epoch: Type.Integer({description: 'How often it has started'}),
		commits: Type.Integer(),
		owing: Type.Integer({description: 'Commits whose effects it has not yet said to be done'}),
	},
	{$id: 'Node'},
);

/** accepted = succeeded + dead + cancelled + expired + waiting + running. */
export const LedgerSchema = Type.Object(
	{
		accepted: Type.Integer(),
		succeeded: Type.Integer(),
		dead: Type.Integer(),
		cancelled: Type.Integer(),
		expired: Type.Integer(),
		/** Open and not started: in the store, in the broker, or for a retry. */
		waiting: Type.Integer(),
		running: Type.Integer(),
	},
	{$id: 'Ledger'},
);

export const StatusSchema = Type.Object(
	{
		node: Type.String(),
		version: Type.String(),
		startedAt: Type.Number(),
		broker: Type.Object({url: Type.String(), blocked: Type.Union([Type.String(), Type.Null()])}),
		store: Type.Object({url: Type.String()}),
		ledger: LedgerSchema,
		backlog: Type.Integer({
			description:
				'Tasks that wait in the store to be placed, of all servers on it, as the one that was asked knows',
		}),
		inFlight: Type.Integer({
			description:
				'Attempts that wait in the broker or run, of the server that was asked alone: those that it has placed or has ' +
				'taken up from another',
		}),
		workers: Type.Integer(),
		functions: Type.Integer(),
	},
	{$id: 'Status'},
);

/** What happened, as it is told to those who listen (REST stream, `warren.events`). */
export const HappeningSchema = Type.Object(
	{
		/** `task`, `function` or `worker`. */
		actor: Type.Enum(['task', 'function', 'worker'] as const),
		/** The task's id, the function's name, the worker's id. */
		id: Type.String(),
		/** The task's function, the worker's pool; the function's own name. */
		group: Type.String(),
		state: Type.String(),
		attempt: Type.Optional(Type.Integer()),
		code: Type.Optional(Type.String()),
		at: Type.Number(),
	},
	{$id: 'Happening'},
);

export const checkHappening = checker(HappeningSchema);

export type WorkerView = Static<typeof WorkerViewSchema>;
export type NodeView = Static<typeof NodeViewSchema>;
export type Ledger = Static<typeof LedgerSchema>;
export type Status = Static<typeof StatusSchema>;
export type Happening = Static<typeof HappeningSchema>;
