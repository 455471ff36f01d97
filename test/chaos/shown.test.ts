// The replay against the model's own lives: what the model shows, under faults at random, it must allow.
import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import type {HistoryEntry} from '#contract/audit.ts';
import type {TaskView} from '#contract/task.ts';
import {claimerOf, marksOf} from '../model/mark.ts';
import {type Config, createModel, createWorld} from '../model/model.ts';
import {rules} from '../model/rules.ts';
import type {Op, Plan, Row} from '../model/state.ts';
import {isTerminal} from '../model/state.ts';
import {apply, enabled} from '../model/steps.ts';
import {type Dice, seeded} from './dice.ts';
import type {Life} from './life.ts';
import {createReplay} from './replay.ts';

const seed = 20_261;
const walks = 60;
const codes = {
	user: 'FUNCTION_THREW',
	crash: 'CRASHED',
	warren: 'INTERNAL',
	caller: 'INVALID_INPUT',
} as const;

const worldFrom = (dice: Dice): Config => ({
	tasks: [
		{
			...{id: 't', door: 'rest', does: dice.pick(['ok', 'fail1', 'fail', 'poison', 'unlucky'] as const)},
			...{cancel: dice.next() < 0.2, expire: dice.next() < 0.2, deadline: dice.next() < 0.2, maxAttempts: 2},
		},
	],
	...{nodes: 1, workers: 2, limit: 9, mostLosses: 3, infraAttempts: 3},
	faults: {'crash node': 1, 'crash worker': 1, 'lose connection': 1, 'purge queue': 1, 'audit wrongly': 1},
});

/** What would be recorded of one random life; undefined: the task was never there. */
function randomLife(dice: Dice): Life | undefined {
	const entries: HistoryEntry[] = [];
	const config = worldFrom(dice);
	const m = createModel(config, rules, (op, plan, before, row) => {
		for (const mark of marksOf(op, plan, before, row, '')) entries.push(entryOf(mark, op, plan, row));
	});
	const w = createWorld(config);
	for (let i = 0; ; i++) {
		const steps = enabled(m, w, i > 100);
		if (steps.length === 0) break;
		const quiet = steps.filter(({fault}) => !fault);
		apply(m, w, dice.pick(quiet.length === 0 || dice.next() < 0.12 ? steps : quiet));
	}
	const row = w.rows.t;
	if (!row) return undefined;
	const {state, attempt, charged} = row;
	const endedAt = isTerminal(state) ? 1 : null;
	return {entries, view: {state, attempt, charged, endedAt, maxAttempts: 2, failure: null} as TaskView};
}

function entryOf(mark: string, op: Op, plan: Plan, row: Row): HistoryEntry {
	const [event = '', attempt, from, , to = ''] = mark.split(/[ :]/);
	const where = {from, to} as Pick<HistoryEntry, 'from' | 'to'>;
	const worker = claimerOf(op) || null;
	return {
		...{event, attempt: Number(attempt), at: 0, executor: null},
		...where,
		worker,
		why: why(event, op, plan, row),
	};
}

/** As `actors/history.ts` words it. */
function why(event: string, {index, more}: Op, {limit}: Plan, row: Row): string | null {
	const blame = more.outcomes?.[index]?.blame;
	if (event === 'fail' && blame) {
		const cost =
			blame === 'warren' ? `(nobody is charged; loss ${row.losses})` : `(charge ${row.charged} of 2)`;
		return `${codes[blame]}: no ${cost}`;
	}
	if (!more.claim || limit) return null;
	const cause = more.claim.redelivered
		? 'its worker was lost or gave it back'
		: 'it may have been dispatched before';
	if (row.soloCopies.length === 0) return `${cause}: granted`;
	const losses = row.soloLosses > 0 ? `, after ${row.soloLosses} losses while it ran alone` : '';
	return `${cause}: granted to run alone${losses} (grant ${row.grants})`;
}

test('no life that the model has is refused', async t => {
	t.timeout(120_000);
	const replay = createReplay({infraAttempts: 3});
	let unsure = 0;
	for (let at = seed; at < seed + walks; at++) {
		await turn();
		const life = randomLife(seeded(at));
		const refusal = life && replay.judge(life.view, life.entries);
		if (refusal?.sure) t.fail(`seed ${at}: ${refusal.says}`);
		else if (refusal) unsure += 1;
	}
	t.log(`${JSON.stringify(replay.tally)}, ${unsure} unsure`);
	t.true(replay.tally.histories > walks / 2);
	t.true(unsure < walks / 20);
});
