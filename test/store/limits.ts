import test from 'ava';
import type {Fate} from '#store/store.ts';
import {birth, enter, type MakePlace, move, now, world} from './world.ts';

const waiting = {state: 'queued', placed: false} as const;
const most = {most: 2};

/** How many attempts of a function are placed at the same time. */
export function limitsContract(name: string, make: MakePlace): void {
	test(`${name}: a placement that finds as many as it says is full, and harms no neighbour`, async t => {
		const {store, commit, row} = await world(t, make);
		const other = {function: 'other'};
		await commit(birth('t1'), birth('t2', waiting), birth('t3', waiting), birth('t4', other));
		const {fates} = await commit(
			move('t2', 1, {placed: true}, most),
			move('t3', 1, {placed: true}, most),
			birth('t5', {key: 'k'}, most),
			birth('t6', other, most),
			birth('t7'),
		);
		t.deepEqual(fates, ['done', 'full', 'full', 'done', 'done']);
		t.like(await row('t3'), {placed: false, revision: 1});
		t.is(await row('t5'), undefined);
		t.is((await store.inputs(['t5'])).size, 0);
		t.deepEqual((await commit(birth('t5', {...waiting, key: 'k'}))).fates, ['done']);
	});

	test(`${name}: what ends makes room, whoever's it was and in whatever lane`, async t => {
		const one = await world(t, make);
		const two = await enter(one.store, 'n2');
		await one.commit(birth('t1', {class: 'low'}), birth('t2', {pool: 'gpu'}));
		await two.commit(birth('t3', waiting));
		const place = async () => (await two.commit(move('t3', 1, {placed: true}, most))).fates;
		t.deepEqual(await place(), ['full']);
		await one.commit(move('t1', 1, {class: 'low', state: 'succeeded', endedAt: now}));
		t.deepEqual(await place(), ['done']);
		t.deepEqual((await one.commit(birth('t4', {}, most))).fates, ['full']);
	});

	test(`${name}: homes that place side by side take no more than there may be, and one of them gets in`, async t => {
		const place = await make(t);
		const store = await place.open();
		const others = place.durable ? await place.open() : store;
		const homes = [await enter(store, 'n1'), await enter(others, 'n2'), await enter(others, 'n3')];
		const limit = 5;
		for (let round = 0; round < 4; round++) {
			const wanted = (n: number, at: number) => birth(`t${round}-${n}-${at}`, {}, {most: limit});
			const commits = await Promise.all(
				homes.flatMap(({commit}, n) => [
					commit(wanted(n, 1), wanted(n, 2), wanted(n, 3)),
					commit(wanted(n, 4), wanted(n, 5)),
				]),
			);
			const fates = commits.flatMap(commit => commit.fates);
			const placed = (await store.stock()).reduce((sum, cell) => sum + cell.placed, 0);
			t.true(placed > 0 && placed <= limit, `${placed} are placed`);
			t.is(placed, fates.filter((fate: Fate) => fate === 'done').length);
			const rows = await store.list({states: ['queued'], limit: 50});
			await Promise.all(
				rows.map(({id, revision}) => {
					const {commit} = homes[0] as (typeof homes)[0];
					return commit(move(id, revision, {state: 'succeeded', endedAt: now}));
				}),
			);
		}
	});
}
