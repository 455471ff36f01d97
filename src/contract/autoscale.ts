// What the autoscaler of a server says of itself.
import Type, {type Static} from 'typebox';
import {checker} from './check.ts';

const orNull = <S extends Type.TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

const RuleSchema = Type.Object({
	min: Type.Integer(),
	max: Type.Integer(),
	targetWaitMs: Type.Number({description: 'How long a task may wait for its start'}),
	cooldown: Type.Object({upMs: Type.Number(), downMs: Type.Number()}),
});

const LoadSchema = Type.Object({
	waiting: Type.Integer({description: 'Attempts that could start now if a slot were free'}),
	busy: Type.Integer({description: 'Slots that are taken'}),
	taken: Type.Number({description: 'The same, on average over the last time'}),
	arrivals: Type.Number({description: 'A second'}),
	offered: Type.Number({description: 'Slots that those take in the long run'}),
	runMs: Type.Optional(
		Type.Number({description: 'How long an attempt takes its slot; absent: none has ended yet'}),
	),
	slots: Type.Number({description: 'Of one worker'}),
	present: Type.Integer({description: 'Workers that take tasks'}),
	idle: Type.Boolean(),
});

const DecisionSchema = Type.Object({
	at: Type.Number(),
	from: Type.Integer(),
	to: Type.Integer(),
	why: Type.String(),
	node: Type.String({description: 'The server that decided'}),
});

/** A pool and its rule, as one server sees them. */
export const AutoscaleSchema = Type.Object(
	{
		pool: Type.String(),
		rule: RuleSchema,
		node: Type.String({description: 'The server that answers'}),
		leads: Type.Boolean({description: 'It is the one that decides; the others only look'}),
		leader: orNull(
			Type.String({
				description:
					'The server that decides: of those that live and have a rule for this pool the one with the ' +
					'smallest name; null: not known yet',
			}),
		),
		at: orNull(Type.Number({description: 'When it looked last; null: not yet'})),
		workers: orNull(
			Type.Integer({description: 'How many there should be, with those that were started by hand'}),
		),
		load: orNull(LoadSchema),
		why: Type.String({description: 'What it saw and thought at its last look'}),
		decisions: Type.Array(DecisionSchema, {
			description:
				'The last hundred that changed something and that this server made or heard of, newest first',
		}),
	},
	{$id: 'Autoscale'},
);

export const AutoscaleListSchema = Type.Object(
	{pools: Type.Array(AutoscaleSchema, {description: 'Every pool that has a rule'})},
	{$id: 'AutoscaleList'},
);

const RuledSchema = Type.Intersect([Type.Object({pool: Type.String()}), DecisionSchema]);

/** To `rules.<server>`: the pools that it has a rule for, and what it has decided since it said so last. */
export const RulingSchema = Type.Object({
	from: Type.String(),
	pools: Type.Array(Type.String()),
	decisions: Type.Array(RuledSchema),
});

export type Ruled = Static<typeof RuledSchema>;
export type Ruling = Static<typeof RulingSchema>;
export const checkRuling = checker(RulingSchema);

export type AutoscaleView = Static<typeof AutoscaleSchema>;
export type AutoscaleList = Static<typeof AutoscaleListSchema>;
