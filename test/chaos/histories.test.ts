// The one wrong history among many must be named, by its task, in what a chaos run complains of.
import test from 'ava';
import type {Client} from '#client/client.ts';
import type {HistoryEntry} from '#contract/audit.ts';
import {allTasks, judgeHistories, mistakesIn} from './histories.ts';
import {fails, lifeOf, retries, succeeds} from './life.ts';

const lives = [lifeOf(succeeds()), lifeOf(fails(), retries(), succeeds(2))];
const count = 1500;
const views = Array.from({length: count}, (_, at) => {
	const {view} = lives[at % lives.length] as (typeof lives)[number];
	return {...view, id: `t${at}`};
});

/** A server that has these tasks, and tells what they did but for what `change` makes of one. */
function clientOf(
	changed: string,
	change: (entries: readonly HistoryEntry[]) => readonly HistoryEntry[],
): Client {
	const told = new Map(views.map(({id}, at) => [id, lives[at % lives.length]?.entries ?? []]));
	const client: Pick<Client, 'list' | 'history'> = {
		async list({before, limit = count} = {}) {
			const from = before === undefined ? 0 : views.findIndex(({id}) => id === before) + 1;
			return views.slice(from, from + limit);
		},
		async history(id) {
			const entries = told.get(id) ?? [];
			return [...(id === changed ? change(entries) : entries)];
		},
	};
	return client as Client;
}

test('histories that are as they were decided give no cause for complaint', async t => {
	const client = clientOf('', entries => entries);

	const histories = await judgeHistories(client, await allTasks(client));

	t.deepEqual(mistakesIn(histories), []);
	t.like(histories, {unsure: [], replayed: {histories: count, kinds: 2}});
});

test('a few histories may be unsure, and not all', t => {
	const world = {unlawful: [], refused: [], healed: [], replayed: {histories: 5000, kinds: 9, worlds: 9}};
	const unsure = (count: number) => Array.from({length: count}, (_, at) => `t${at}: no run was found`);

	t.deepEqual(mistakesIn({...world, unsure: unsure(10)}), []);
	t.deepEqual(mistakesIn({...world, unsure: unsure(11)}), ['11 histories are unsure, more than 10']);
	const small = {...world, replayed: {...world.replayed, histories: 300}};
	t.deepEqual(mistakesIn({...small, unsure: unsure(2)}), []);
	t.deepEqual(mistakesIn({...small, unsure: unsure(3)}), ['3 histories are unsure, more than 2']);
});

test('a charge that is told wrongly is named by its task, and a step that is missing by the machine too', async t => {
	const charged = clientOf('t1401', entries =>
		entries.map(entry => ({...entry, why: entry.why?.replace('(charge 1 of', '(charge 2 of') ?? null})),
	);
	const skipped = clientOf('t7', entries => entries.filter(({event}) => event !== 'retry'));

	t.deepEqual(
		mistakesIn(await judgeHistories(charged, await allTasks(charged))).map(one => one.slice(0, 33)),
		['not of the model: t1401: step 3: '],
	);
	t.deepEqual(
		mistakesIn(await judgeHistories(skipped, await allTasks(skipped))).map(one => one.slice(0, 21)),
		['history: t7: start be', 'not of the model: t7:'],
	);
});
