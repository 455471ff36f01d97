import test from 'ava';
import {Fenced} from '#store/store.ts';
import {birth, enter, type MakePlace, move, world} from './world.ts';

export function homesContract(name: string, make: MakePlace): void {
	test(`${name}: every opening of a home starts a new epoch; its numbers go on`, async t => {
		const {store, home, commit, acted} = await world(t, make);
		t.deepEqual(home, {home: 'n1', epoch: 1, seq: 0, actedThrough: 0});
		t.is((await commit(birth('t1'))).seq, 1);
		t.is((await acted(1)).seq, 2);
		t.deepEqual(await store.open('n1'), {home: 'n1', epoch: 2, seq: 2, actedThrough: 1});
		t.deepEqual(await store.open('n2'), {home: 'n2', epoch: 1, seq: 0, actedThrough: 0});
	});

	test(`${name}: what is acted through never goes back`, async t => {
		const {store, acted} = await world(t, make);
		await acted(1);
		await acted(2);
		await acted(1);
		t.is((await store.open('n1')).actedThrough, 2);
	});

	test(`${name}: a home that was opened again is fenced, and its commit changes nothing`, async t => {
		const first = await world(t, make);
		await first.commit(birth('t1'));
		const second = await enter(first.store, 'n1');

		const error = await t.throwsAsync(first.commit(move('t1', 1, {state: 'dead'}), birth('t2')), {
			instanceOf: Fenced,
		});

		t.true(error.message.includes('n1'));
		t.like(await second.row('t1'), {state: 'queued', revision: 1});
		t.is(await second.row('t2'), undefined);
		t.is((await second.commit(move('t1', 1))).seq, 2);
		t.like(await second.row('t1'), {revision: 2, epoch: 2, seq: 2});
	});

	test(`${name}: a home that was never opened can't commit`, async t => {
		const {store} = await world(t, make);
		const batch = {home: 'stranger', epoch: 1, seq: 1, actedThrough: 0, changes: [birth('t1')]};
		await t.throwsAsync(store.commit(batch), {instanceOf: Fenced, message: /stranger/});
		t.is((await store.load(['t1'])).size, 0);
	});

	test(`${name}: two homes in one store don't overlap`, async t => {
		const one = await world(t, make);
		const two = await enter(one.store, 'n2');
		await one.commit(birth('t1'), birth('t2', {key: 'k'}));
		t.deepEqual((await two.commit(birth('t3'), birth('t4', {key: 'k'}))).fates, ['done', 'exists']);

		// Whoever commits becomes the home; the other one's decision is then late.
		t.deepEqual((await two.commit(move('t1', 1))).fates, ['done']);
		t.deepEqual((await one.commit(move('t1', 1))).fates, ['conflict']);
		t.like(await one.row('t1'), {home: 'n2', epoch: 1, seq: 2});

		await enter(one.store, 'n1');
		const owing = async (home: string) => {
			const rows = await one.store.owing({home, epoch: 2, actedThrough: 0, limit: 10});
			return rows.map(row => row.id);
		};
		t.deepEqual(await owing('n1'), ['t2']);
		t.deepEqual(await owing('n2'), ['t1', 't3']);
	});

	test(`${name}: a home that starts again finds what it had placed, and what ended after what it acted through`, async t => {
		const old = await world(t, make);
		await old.commit(birth('t1'), birth('t2'), birth('t5'));
		await old.commit(move('t1', 1, {state: 'succeeded'}));
		await old.acted(2);
		await old.commit(move('t5', 1, {state: 'dead'}));
		const again = await enter(old.store, 'n1');
		const {epoch, actedThrough} = again.home;
		t.is(actedThrough, 2);
		await again.commit(birth('t3'), birth('t4', {state: 'succeeded'}));

		const page = (more: {after?: string; limit: number}) =>
			again.store.owing({home: 'n1', epoch, actedThrough, ...more});
		const ids = async (more: {after?: string; limit: number}) => (await page(more)).map(row => row.id);
		t.deepEqual(await ids({limit: 10}), ['t2', 't5']);
		t.deepEqual(await ids({limit: 1}), ['t2']);
		t.deepEqual(await ids({limit: 1, after: 't2'}), ['t5']);
		t.deepEqual(await ids({limit: 1, after: 't5'}), []);
		t.like((await page({limit: 10}))[1], {state: 'dead', seq: 4, epoch: 1, revision: 2});
	});

	test(`${name}: what waits or retries is not looked at by a home that starts again, however new it is`, async t => {
		const old = await world(t, make);
		await old.commit(
			birth('t1', {placed: false}),
			birth('t2', {state: 'retrying'}),
			birth('t3'),
			birth('t4'),
		);
		await old.commit(move('t3', 1, {placed: false}), move('t4', 1, {state: 'retrying'}));
		await old.commit(birth('t5', {placed: false}));
		await old.commit(move('t5', 1, {placed: true}));
		const {epoch, actedThrough} = (await enter(old.store, 'n1')).home;
		t.is(actedThrough, 0);
		const rows = await old.store.owing({home: 'n1', epoch, actedThrough, limit: 10});
		t.deepEqual(
			rows.map(row => row.id),
			['t5'],
		);
	});
}
