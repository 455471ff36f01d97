// Two servers on PostgreSQL against one on SQLite, the same broker and one worker each, under few callers and
// many: how much a store does at most shows only once more callers do no more. Then one of the two is killed
// while both take tasks.
import {ownPostgres} from '../test/harness/postgres.ts';
import type {Child} from './child.ts';
import {dirtiest, type Figure, figure, figuresOf, type Part, ratios} from './figure.ts';
import {startGroup} from './group.ts';
import {type Round, runRound} from './rounds.ts';
import {type Loss, lossOfServer} from './scalingLoss.ts';
import {postgresSettings, type Setting} from './scalingSetting.ts';
import type {Run} from './stats.ts';

const loads = [64, 256, 1024];
const echoCode = 'export default input => input;';

export async function servers(setting: Setting): Promise<Part> {
	const {rounds: count, durationMs, say} = setting;
	const postgres = await ownPostgres('the database of two servers', postgresSettings);
	try {
		const one = await startGroup(setting);
		const two = await startGroup(setting, {servers: 2, store: postgres.url});
		for (const {
			servers: [first],
		} of [one, two])
			await first?.ask({do: 'deploy', name: 'echo', code: echoCode});
		const loop = (all: readonly Child[], callers: number) => async (): Promise<Run> => {
			const order = {do: 'loop', callers: callers / all.length, durationMs} as const;
			const replies = await Promise.all(all.map(server => server.ask(order)));
			return together(replies.flatMap(({run}) => (run ? [run] : [])));
		};
		const scenarios = loads.flatMap(callers => [
			{name: nameOf('one', callers), run: loop(one.servers, callers)},
			{name: nameOf('two', callers), run: loop(two.servers, callers)},
		]);
		say('  warming up');
		for (const scenario of scenarios) await scenario.run();
		const rounds: Round[] = [];
		for (let round = 0; round < count; round++) {
			say(`  round ${round + 1}`);
			rounds.push(await runRound(round % 2 === 0 ? scenarios : scenarios.toReversed(), say));
		}
		await one.stop();
		say('  killing one of the two');
		const loss = await lossOfServer(two, durationMs);
		return {
			figures: {
				'two servers to one, each at the load at which it does most': figure(
					rounds.map(round => mostOf(round, 'two') / mostOf(round, 'one')),
					'×',
					{atLeast: 0.8},
				),
				...Object.fromEntries(loads.flatMap(callers => atLoad(rounds, callers))),
				'tasks that were open with the killed one, and ended': figure([loss.takenUp], 'tasks', {atLeast: 1}),
				'tasks lost with the killed one': figure([loss.lost], 'tasks', {atMost: 0}),
			},
			foreign: dirtiest(rounds),
			notes: [
				`${loads.join(', ')} callers at the Api of one server, or half as many at each of two; 256 bytes, one worker`,
				said(loss),
			],
		};
	} finally {
		await postgres.stop();
	}
}

const titles = {one: 'one on SQLite', two: 'two on PostgreSQL'} as const;
type Group = keyof typeof titles;

const nameOf = (group: Group, callers: number): string => `${group} ${callers}`;

const mostOf = ({runs}: Round, group: Group): number =>
	Math.max(...loads.map(callers => runs[nameOf(group, callers)]?.rate ?? Number.NaN));

function atLoad(rounds: readonly Round[], callers: number): [string, Figure][] {
	const [one, two] = [nameOf('one', callers), nameOf('two', callers)];
	return [
		[`two servers to one, ${callers} callers`, figure(ratios(rounds, two, 'rate', one), '×')],
		[`${titles.one}, ${callers} callers`, figure(figuresOf(rounds, one, 'rate'), '/s')],
		[`${titles.two}, ${callers} callers`, figure(figuresOf(rounds, two, 'rate'), '/s')],
	];
}

/** Loops that ran side by side; of their latencies the worse. */
function together(runs: readonly Run[]): Run {
	const sum = (of: 'rate' | 'calls') => runs.reduce((all, run) => all + run[of], 0);
	const worst = (of: 'p50' | 'p99') => Math.max(...runs.map(run => run[of]));
	return {rate: sum('rate'), calls: sum('calls'), p50: worst('p50'), p99: worst('p99')};
}

function said({accepted, byDead, takenUp, succeeded, lost, ms}: Loss): string {
	const over = `${(ms / 1000).toFixed(1)} s after the kill`;
	return (
		`kill -9 of one of two servers: ${accepted} tasks were answered with 202, ${byDead} of them by the dead one, ` +
		`${takenUp} of which were open then; by the other ${succeeded} succeeded, ${lost} did not, the last ${over}`
	);
}
