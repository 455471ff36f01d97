// What operators ask when something seems stuck: a task's history, what it waits for, the ledger.
import Type, {type Static} from 'typebox';
import {LedgerSchema} from './status.ts';
import {StateSchema} from './task.ts';

const time = Type.Number({description: 'ms since the epoch'});
const orNull = <S extends Type.TSchema>(schema: S, options?: {readonly description: string}) =>
	Type.Union([schema, Type.Null()], options);

export const HistoryEntrySchema = Type.Object({
	at: time,
	attempt: Type.Integer(),
	event: Type.String({description: 'What happened: `admit`, `start`, `fail`, `claim`, `lost`, `redrive` …'}),
	from: StateSchema,
	to: StateSchema,
	why: orNull(Type.String()),
	worker: orNull(Type.String()),
	executor: orNull(Type.String()),
});

/** Oldest first. */
export const HistorySchema = Type.Object(
	{task: Type.String(), entries: Type.Array(HistoryEntrySchema)},
	{$id: 'History'},
);

export const WhySchema = Type.Object(
	{
		task: Type.String(),
		state: StateSchema,
		reason: Type.Enum(
			['retry', 'paused', 'limit', 'room', 'store', 'broker', 'worker', 'slot', 'runs', 'ended'] as const,
			{
				description:
					'`retry`: the next attempt is not due. `paused`: its function or pool is. `limit`: as many of its ' +
					'function run as may. `room`: in the broker, for others of this node. `store`, `broker`: they take nothing now. `worker`: none is alive. `slot`: all are busy. ' +
					'`runs`: it waits for nothing. `ended`: it is over',
			},
		),
		text: Type.String({description: 'The same in words'}),
		behind: orNull(Type.Integer(), {
			description:
				'How many of its pool and class come first. While it waits in the store: all that are placed, with any ' +
				'server, and those before it in the store that nothing holds. While it is in the broker: those ' +
				'that the server which was asked has put there before it and that no worker has named; null: another server has ' +
				'put it there. Null, too, for what does not wait for a worker',
		}),
		orMore: Type.Boolean({
			description:
				'More than `behind` may come first: of those in the store only the oldest 1,000 are counted',
		}),
		until: orNull(Type.Number(), {
			description:
				'When its waiting ends in any case, ms since the epoch: its retry is due, it expires or its deadline passes, ' +
				'whichever is first; null: it has none of these, or has ended',
		}),
		worker: orNull(Type.String(), {description: 'Who has it, as far as was heard'}),
		since: orNull(Type.Number(), {description: 'Since when it is as it is, ms since the epoch'}),
	},
	{$id: 'Why'},
);

export const breakKinds = ['lost', 'stray', 'timer', 'stalled', 'ledger'] as const;

export const BreakSchema = Type.Object({
	kind: Type.Enum(breakKinds, {
		description:
			'`lost`: placed, and neither the broker nor a worker has it, or its node knows nothing of it. ' +
			'`stray`: a worker runs what is over. `timer`: it should have fired, or is gone. ' +
			'`stalled`: it waits, and is not placed though there is room. `ledger`: rows are missing, or nobody has counted them',
	}),
	task: orNull(Type.String()),
	why: Type.String(),
	since: time,
	healing: Type.Boolean({description: 'Something is done about it; it is gone at one of the next audits'}),
});

export const AuditSchema = Type.Object(
	{
		at: time,
		balanced: Type.Boolean(),
		ledger: LedgerSchema,
		difference: Type.Integer({
			description: '`accepted` minus all that the commits have counted: 0, or tasks are missing',
		}),
		rows: orNull(
			Type.Object(
				{at: time, count: Type.Integer(), tookMs: Type.Number()},
				{
					description:
						'When this server counted the rows of all tasks last, how many there were, how long that took. What that ' +
						'found stands among the breaks until they are counted again. Null: it has not, as of several servers the live one ' +
						'with the smallest name counts for all; `rows` in the query has the one that is asked do it',
				},
			),
		),
		placed: Type.Object({
			store: Type.Integer({description: 'Attempts that the store says are in the broker'}),
			node: Type.Integer({description: 'Those that this node knows of'}),
			heard: Type.Integer({description: 'Of these: named by a heartbeat'}),
			broker: orNull(
				Type.Integer({
					description: 'Work messages that wait in the queue; null: the queue is gone, or the broker is away',
				}),
			),
		}),
		breaks: Type.Array(BreakSchema),
		healed: Type.Record(Type.String(), Type.Integer(), {description: 'By kind, since the node started'}),
	},
	{$id: 'Audit'},
);

export type HistoryEntry = Static<typeof HistoryEntrySchema>;
export type History = Static<typeof HistorySchema>;
export type Why = Static<typeof WhySchema>;
export type Break = Static<typeof BreakSchema>;
export type Audit = Static<typeof AuditSchema>;
