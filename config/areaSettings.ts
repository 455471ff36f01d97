import {setting} from './setting.ts';

/** What goes to other areas, and when: docs/areas.md. */
export const areaSettings = {
	areas: setting(
		'areas',
		'{}',
		'Other areas that may run what would wait too long here, if its caller lets it go: docs/areas.md.',
	),
	'area.name': setting(
		'name',
		null,
		'What this area is called in others; it begins the keys of its tasks there.',
		{
			otherwise: 'the name of the node; `area` where servers share a database',
		},
	),
	'spill.wait.high': setting(
		'duration',
		'500ms',
		'What a task of class `high` may wait here before it goes.',
		{
			max: 86_400_000,
		},
	),
	'spill.wait.normal': setting('duration', '2s', 'The same for `normal`.', {max: 86_400_000}),
	'spill.wait.low': setting('duration', '30s', 'The same for `low`.', {max: 86_400_000}),
	'spill.atOnce': setting('whole', 100, 'The most tasks of a server that are in one other area at a time.', {
		min: 1,
		max: 10_000,
	}),
	'spill.patience': setting(
		'duration',
		'30s',
		'How long another area may be silent, or leave a task waiting, before the task runs here.',
		{min: 1000, max: 3_600_000},
	),
} as const;
