import {setting} from './setting.ts';
import {modes, strategies} from './ways.ts';

/** How attempts meet a worker: docs/scaling.md. */
export const dispatchSettings = {
	'dispatch.audit': setting(
		'duration',
		'5s',
		'How often a server looks whether the broker or a lost worker has an attempt no more.',
		{min: 100, max: 3_600_000},
	),
	'dispatch.mode': setting(
		modes,
		null,
		'How attempts meet a worker. `pull`: workers take them from the queue of their pool. `push`: the server chooses ' +
			'the worker. `local`: the worker of this node runs what its pool gets here; other pools are pulled.',
		{otherwise: '`local` for a node of both roles on `memory:`, else `pull`'},
	),
	'dispatch.pools': setting('ways', '{}', 'Pools in which it is otherwise: docs/scaling.md.'),
	'dispatch.strategy': setting(
		strategies,
		'warm-first',
		'How `push` chooses: who has the function warm, who has least to do, whose machine has most memory, or always ' +
			'the same worker for a function.',
	),
	'dispatch.window': setting(
		'whole',
		10_000,
		'How many attempts of each class (of each pool) this node keeps in the broker; the others wait in the store.',
		{min: 1, max: 1_000_000},
	),
} as const;
