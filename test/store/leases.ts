import test from 'ava';
import {Fenced} from '#store/store.ts';
import {birth, enter, type MakePlace, move, now, world} from './world.ts';

const hour = 3_600_000;

/** Leases, and what others see of a home whose lease is over. */
export function leasesContract(name: string, make: MakePlace): void {
	test(`${name}: a home lives from its first renewal until its lease is over or given up`, async t => {
		const {store, home} = await world(t, make);
		await enter(store, 'n2');
		const live = async () => (await store.homes()).map(one => [one.home, one.live]);
		const both = (first: boolean) => [
			['n1', first],
			['n2', false],
		];
		t.deepEqual(await live(), both(false));
		await store.renew({home: 'n1', epoch: home.epoch, actedThrough: 0, leaseMs: hour});
		t.deepEqual(await live(), both(true));
		await store.renew({home: 'n1', epoch: home.epoch, actedThrough: 0, leaseMs: 0});
		t.deepEqual(await live(), both(false));
	});

	test(`${name}: others see how far a home came`, async t => {
		const {store, commit, acted} = await world(t, make);
		await commit(birth('t1'));
		await acted(1);
		const view = {home: 'n1', epoch: 1, seq: 2, actedThrough: 1, live: false, left: true};
		t.like(await store.homes(), [view]);
		const lease = {home: 'n1', epoch: 1, leaseMs: hour};
		await store.renew({...lease, actedThrough: 2});
		await store.renew({...lease, actedThrough: 1});
		t.like(await store.homes(), [{...view, actedThrough: 2, live: true, left: false}]);
	});

	test(`${name}: a home is known by what its server said of itself, and by when it spoke`, async t => {
		const {store, home} = await world(t, make);
		const seen = async () => (await store.homes()).find(one => one.home === 'n1');
		t.like(await seen(), {about: null, forgotten: false});
		const about = {host: 'here', version: '1.2.3', localPool: 'gpu', areas: true};
		await store.open('n1', about);
		const opened = await seen();
		t.deepEqual(opened?.about, about);
		t.is(opened?.openedAt, opened?.heardAt);
		await store.renew({home: 'n1', epoch: home.epoch + 1, actedThrough: 0, leaseMs: hour});
		const heard = await seen();
		t.is(heard?.openedAt, opened?.openedAt);
		t.true((heard?.heardAt ?? 0) >= (opened?.heardAt ?? Number.POSITIVE_INFINITY));
		await store.open('n1', {...about, localPool: null, areas: false});
		t.deepEqual((await seen())?.about, {...about, localPool: null, areas: false});
		await store.open('n1');
		t.is((await seen())?.about, null);
	});

	test(`${name}: a home that lives no more and owes nothing is forgotten, until it comes back`, async t => {
		const {store, home, commit, acted} = await world(t, make);
		const two = await enter(store, 'n2');
		const lease = {home: 'n1', epoch: home.epoch, actedThrough: 0};
		const isForgotten = async () => (await store.homes())[0]?.forgotten;
		t.false(await store.forget('stranger'));
		await store.renew({...lease, leaseMs: hour});
		t.false(await store.forget('n1'), 'it lives');
		await store.renew({...lease, leaseMs: 0});
		await commit(birth('t1'), birth('t2', {state: 'succeeded'}));
		t.false(await store.forget('n1'), 'an attempt is in the broker, and an end is not told');
		await acted(1);
		t.false(await store.forget('n1'), 'an attempt is in the broker');
		await two.commit(move('t1', 1));
		t.false(await isForgotten());
		const sums = async () => [await store.ledger(), await store.counts(), await store.stock()];
		const before = await sums();
		t.true(await store.forget('n1'));
		t.true(await isForgotten());
		t.deepEqual(await sums(), before, 'what it had counted is counted on');
		const {fates} = await two.commit({...birth('t9'), most: 1});
		t.deepEqual(fates, ['full'], 'under a limit, too');
		t.like((await store.homes())[0], {home: 'n1', epoch: home.epoch});
		await store.renew({...lease, leaseMs: hour});
		t.false(await isForgotten(), 'it was only silent');
		await store.renew({...lease, leaseMs: 0});
		t.true(await store.forget('n1'));
		t.is((await store.open('n1')).epoch, home.epoch + 1);
		t.false(await isForgotten());
	});

	test(`${name}: who was opened again, or never, renews nothing`, async t => {
		const {store, home} = await world(t, make);
		await store.open('n1');
		const lease = {home: 'n1', epoch: home.epoch, actedThrough: 0, leaseMs: hour};
		await t.throwsAsync(store.renew(lease), {instanceOf: Fenced, message: /n1/});
		await t.throwsAsync(store.renew({...lease, home: 'stranger'}), {instanceOf: Fenced, message: /stranger/});
		t.false((await store.homes()).some(({live}) => live));
	});

	test(`${name}: timers of a task are due at its home, and everywhere once that lives no more`, async t => {
		const one = await world(t, make);
		const two = await enter(one.store, 'n2');
		const timer = (task: string) => ({task, kind: 'expire' as const, at: now, attempt: 1});
		await one.commit(birth('t1', {}, {timers: [timer('t1')]}));
		await two.commit(birth('t2', {}, {timers: [timer('t2')]}));
		const due = async (home?: string) => (await one.store.due(now, 10, home)).map(({task}) => task);
		for (const {home, epoch} of [one.home, two.home])
			await one.store.renew({home, epoch, actedThrough: 0, leaseMs: hour});
		t.deepEqual([await due('n1'), await due('n2'), await due()], [['t1'], ['t2'], ['t1', 't2']]);
		t.is(await one.store.nextDue(), now);

		await one.store.renew({home: 'n1', epoch: one.home.epoch, actedThrough: 0, leaseMs: 0});
		t.deepEqual([await due('n1'), await due('n2')], [['t1'], ['t1', 't2']]);
		await two.commit(move('t1', 1));
		await one.store.renew({home: 'n1', epoch: one.home.epoch, actedThrough: 0, leaseMs: hour});
		t.deepEqual([await due('n1'), await due('n2')], [[], ['t1', 't2']]);
	});

	test(`${name}: what is placed is counted by home, and goes with the task to whoever commits`, async t => {
		const one = await world(t, make);
		const two = await enter(one.store, 'n2');
		await one.commit(birth('t1'), birth('t2'), birth('t3', {placed: false}));
		await two.commit(birth('t4', {state: 'succeeded'}));
		const at = async (home: string) => (await one.store.placed(home)).map(({placed: n}) => n);
		const placed = async () => [await at('n1'), await at('n2')];
		t.deepEqual(await placed(), [[2], []]);
		await two.commit(move('t1', 1));
		t.deepEqual(await placed(), [[1], [1]]);
		await one.commit(move('t2', 1, {state: 'retrying'}));
		t.deepEqual(await placed(), [[], [1]]);
	});
}
