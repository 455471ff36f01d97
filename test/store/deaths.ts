import test from 'ava';
import {birth, type MakePlace, move, now, world} from './world.ts';

/** Which executors died of a version. */
export function deathsContract(name: string, make: MakePlace): void {
	const version = 'a'.repeat(64);
	const of = {function: 'fib', version, since: now, most: 10};

	test(`${name}: deaths are those of one version since then, whatever became of the tasks, the last first`, async t => {
		const {store, commit} = await world(t, make);
		await commit(
			birth('t1', {state: 'dead', deaths: [now - 1, now, now + 5]}),
			birth('t2', {state: 'retrying', deaths: [now + 3]}),
			birth('t3', {state: 'succeeded', deaths: [now + 4]}),
			birth('t4', {deaths: [now - 2], updatedAt: now + 9}),
			birth('t5', {version: 'b'.repeat(64), deaths: [now + 1]}),
			birth('t6', {function: 'other', deaths: [now + 1]}),
			birth('t7', {state: 'dead', failure: {code: 'CRASHED', message: '"deaths":[1]', retryable: true}}),
		);
		const deaths = [
			{task: 't1', at: now + 5},
			{task: 't3', at: now + 4},
			{task: 't2', at: now + 3},
			{task: 't1', at: now},
		];
		t.deepEqual(await store.deaths(of), deaths);
		t.deepEqual(await store.deaths({...of, most: 2}), deaths.slice(0, 2));
		t.deepEqual(await store.deaths({...of, since: now + 6}), []);
		t.deepEqual(await store.deaths({...of, function: 'other'}), [{task: 't6', at: now + 1}]);
	});

	test(`${name}: a task's deaths come back with its row, and go with them`, async t => {
		const {store, commit, row} = await world(t, make);
		await commit(birth('t1'));
		t.deepEqual((await row('t1'))?.deaths, []);
		await commit(move('t1', 1, {deaths: [now, now + 1]}));
		t.deepEqual((await row('t1'))?.deaths, [now, now + 1]);
		t.is((await store.deaths(of)).length, 2);
		await commit(move('t1', 2, {deaths: []}));
		t.deepEqual(await store.deaths(of), []);
	});

	test(`${name}: texts that no database likes are no hindrance to what died beside them`, async t => {
		const {store, commit} = await world(t, make);
		const failure = {
			code: 'CRASHED',
			message: 'a\u0000b \ud800',
			retryable: true,
			details: {deaths: ['x']},
		} as const;
		await commit(birth('t1', {state: 'dead', failure, deaths: [now]}), birth('t2', {state: 'dead', failure}));
		t.deepEqual(await store.deaths(of), [{task: 't1', at: now}]);
	});
}
