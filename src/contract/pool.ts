// A pool as operators see it: what waits for it, what it has, and whether it is paused.
import Type, {type Static} from 'typebox';
import {classes} from '#actors/lane.ts';
import {PoolPartSchema} from './names.ts';

const LaneViewSchema = Type.Object({
	class: Type.Enum(classes),
	waiting: Type.Integer({description: 'Tasks that wait in the store'}),
	placed: Type.Integer({description: 'Attempts given to the broker and not yet settled, by all servers'}),
	depth: Type.Union([
		Type.Integer({description: 'Work messages that wait in its queue; one may hold several attempts'}),
		Type.Null({description: 'There is no queue yet, or the broker is away'}),
	]),
});

export const PoolViewSchema = Type.Object(
	{
		name: PoolPartSchema,
		pause: Type.Union(
			[Type.Object({why: Type.String(), at: Type.Number({description: 'ms since the epoch'})}), Type.Null()],
			{description: 'Why an operator has paused it; null if it is not paused'},
		),
		named: Type.Boolean({
			description:
				'Whether a function, a worker or a task names it; `default` is what they name if they name none',
		}),
		lanes: Type.Array(LaneViewSchema, {description: 'One for each class, the most urgent first'}),
		workers: Type.Integer({description: 'Those that take work, as far as this node hears of them'}),
		slots: Type.Integer({description: 'Of these workers'}),
		busy: Type.Integer({description: 'Attempts that they run'}),
	},
	{$id: 'Pool'},
);

export type LaneView = Static<typeof LaneViewSchema>;
export type PoolView = Static<typeof PoolViewSchema>;

/** By name. */
export const PoolListSchema = Type.Object({pools: Type.Array(PoolViewSchema)}, {$id: 'PoolList'});
export type PoolList = Static<typeof PoolListSchema>;
