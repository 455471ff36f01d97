// Two servers on PostgreSQL against one on SQLite, the same broker and one worker each; then one of the two
// is killed while both take tasks.
import {ownPostgres} from '../test/harness/postgres.ts';
import type {Child} from './child.ts';
import {type Round, runRound} from './rounds.ts';
import {type Loss, lossOfServer} from './scalingLoss.ts';
import {dirtiest, figure, figuresOf, type Part, ratios, type Setting, startGroup} from './scalingPart.ts';
import type {Run} from './stats.ts';

const callers = 64;
const echoCode = 'export default input => input;';

export async function servers(setting: Setting): Promise<Part> {
	const {rounds: count, durationMs, say} = setting;
	const postgres = await ownPostgres('the database of two servers');
	try {
		const one = await startGroup(setting);
		const two = await startGroup(setting, {servers: 2, store: postgres.url});
		for (const {
			servers: [first],
		} of [one, two])
			await first?.ask({do: 'deploy', name: 'echo', code: echoCode});
		const loop = (all: readonly Child[]) => async (): Promise<Run> => {
			const order = {do: 'loop', callers: callers / all.length, durationMs} as const;
			const replies = await Promise.all(all.map(server => server.ask(order)));
			return together(replies.flatMap(({run}) => (run ? [run] : [])));
		};
		const scenarios = [
			{name: 'oneOnSqlite', run: loop(one.servers)},
			{name: 'twoOnPostgres', run: loop(two.servers)},
		];
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
				'two servers to one, calls a second': figure(
					ratios(rounds, 'twoOnPostgres', 'rate', 'oneOnSqlite'),
					'×',
					{atLeast: 0.8},
				),
				'one on SQLite': figure(figuresOf(rounds, 'oneOnSqlite', 'rate'), '/s'),
				'two on PostgreSQL': figure(figuresOf(rounds, 'twoOnPostgres', 'rate'), '/s'),
				'tasks that were open with the killed one, and ended': figure([loss.takenUp], 'tasks', {atLeast: 1}),
				'tasks lost with the killed one': figure([loss.lost], 'tasks', {atMost: 0}),
			},
			foreign: dirtiest(rounds),
			notes: [
				`${callers} callers at the Api of one server, or ${callers / 2} at each of two; 256 bytes, one worker`,
				said(loss),
			],
		};
	} finally {
		await postgres.stop();
	}
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
