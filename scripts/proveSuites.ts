// The suites that could find a promise broken, and how each is run.
import {combinations} from '../test/harness/combinations.ts';
import {configs, pushed} from '../test/model/configs.ts';

export type Suite = {
	readonly name: string;
	/** It draws by chance what it does: the seed repeats it. */
	readonly seeded: boolean;
	/** After `node bin/run.cjs`. */
	command(seed: number, round: number): string[];
};

/** How much each of them does. */
export type Sizes = Readonly<Record<'walks' | 'tasks' | 'mixed' | 'crashes' | 'cancels' | 'cases', string>>;

/** Several servers are loaded steadily, with a hundred open tasks: as many tasks as one server gets would take an hour. */
const steadyShare = 5;

export function suitesOf({walks, tasks, mixed, crashes, cancels, cases}: Sizes): Suite[] {
	const perConfiguration = String(Math.ceil(Number(walks) / Object.keys({...configs, ...pushed}).length));
	return [
		{name: 'tests', seeded: false, command: () => ['scripts/test.ts', '--thorough']},
		{
			name: 'walks',
			seeded: true,
			command: seed => ['test/model/sweep.ts', perConfiguration, '', 'all', `${seed}`, 'both'],
		},
		{
			name: 'chaos',
			seeded: true,
			command: seed => [
				...['scripts/chaos.ts', '--json', '--seed', `${seed}`, '--tasks', tasks],
				...['--mixed', mixed, '--crashes', crashes, '--cancels', cancels],
			],
		},
		{
			name: 'servers',
			seeded: true,
			command: seed => [
				...['scripts/chaos.ts', '--json', '--seed', `${seed}`, '--servers', '2', '--store', 'postgres'],
				...['--tasks', String(Math.ceil(Number(tasks) / steadyShare)), '--mixed', mixed],
			],
		},
		{
			name: 'combinations',
			seeded: false,
			command: (_, round) => ['scripts/combinations.ts', combinationOf(round)],
		},
		{name: 'hostile', seeded: false, command: () => ['scripts/hostile.ts', '--json']},
		{name: 'guards', seeded: false, command: () => ['scripts/hostile.ts', 'guards', '--json']},
		{
			name: 'fuzz',
			seeded: true,
			command: seed => ['scripts/fuzz.ts', '--cases', cases, '--seed', `${seed}`],
		},
	];
}

/** One in each round, and all of them in as many rounds as there are; the least tried first. */
const combinationOf = (round: number): string =>
	combinations.toReversed()[(round - 1) % combinations.length] ?? combinations[0];
