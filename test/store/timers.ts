import test from 'ava';
import type {TimerKind} from '#actors/task.ts';
import {birth, type MakePlace, move, now, world} from './world.ts';

const timer = (task: string, kind: TimerKind, at: number, attempt = 1) => ({task, kind, at, attempt});

export function timersContract(name: string, make: MakePlace): void {
	test(`${name}: timers come due soonest first, and reading them changes nothing`, async t => {
		const {store, commit} = await world(t, make);
		const late = timer('t1', 'deadline', now + 20);
		const soon = timer('t2', 'expire', now + 10);
		const middle = timer('t1', 'expire', now + 15);
		await commit(birth('t1', {}, {timers: [late, middle]}), birth('t2', {}, {timers: [soon]}));

		t.is(await store.nextDue(), now + 10);
		t.deepEqual(await store.due(now + 9, 10), []);
		t.deepEqual(await store.due(now + 15, 10), [soon, middle]);
		t.deepEqual(await store.due(now + 100, 10), [soon, middle, late]);
		t.deepEqual(await store.due(now + 100, 2), [soon, middle]);
	});

	test(`${name}: without timers nothing is next`, async t => {
		const {store} = await world(t, make);
		t.is(await store.nextDue(), undefined);
		t.deepEqual(await store.due(now, 10), []);
	});

	test(`${name}: a move sets and clears its timers in its own commit`, async t => {
		const {store, commit} = await world(t, make);
		const deadline = timer('t1', 'deadline', now + 30);
		await commit(birth('t1', {}, {timers: [timer('t1', 'expire', now + 10), deadline]}));
		const retry = timer('t1', 'retry', now + 20, 2);
		await commit(move('t1', 1, {state: 'retrying'}, {set: [retry], clear: ['expire']}));
		t.deepEqual(await store.due(now + 100, 10), [retry, deadline]);

		const later = timer('t1', 'retry', now + 40, 3);
		await commit(move('t1', 2, {state: 'retrying'}, {set: [later]}));
		t.deepEqual(await store.due(now + 100, 10), [deadline, later]);
	});

	test(`${name}: a refused move neither sets nor clears a timer`, async t => {
		const {store, commit} = await world(t, make);
		const expire = timer('t1', 'expire', now + 10);
		await commit(birth('t1', {}, {timers: [expire]}));
		const late = move('t1', 5, {}, {set: [timer('t1', 'retry', now)], clear: ['expire']});
		t.deepEqual((await commit(late)).fates, ['conflict']);
		t.deepEqual(await store.due(now + 100, 10), [expire]);
	});

	test(`${name}: the end of a task clears all its timers and no neighbour's`, async t => {
		const {store, commit} = await world(t, make);
		const mine = [timer('t1', 'expire', now), timer('t1', 'deadline', now)];
		const theirs = timer('t2', 'expire', now);
		await commit(birth('t1', {}, {timers: mine}), birth('t2', {}, {timers: [theirs]}));
		await commit(move('t1', 1, {state: 'succeeded'}, {clear: 'all'}));
		t.deepEqual(await store.due(now, 10), [theirs]);
	});

	test(`${name}: a timer fires once: two commits on it, and only one is taken`, async t => {
		const {store, commit} = await world(t, make);
		const expire = timer('t1', 'expire', now);
		await commit(birth('t1', {}, {timers: [expire]}));
		const fired = move('t1', 1, {state: 'expired'}, {clear: 'all'});
		t.deepEqual((await commit(fired)).fates, ['done']);
		t.deepEqual((await commit(fired)).fates, ['conflict']);
		t.deepEqual(await store.due(now, 10), []);
	});

	test(`${name}: tidying deletes the very timer, not the one that was set since`, async t => {
		const {store, commit} = await world(t, make);
		const old = timer('t1', 'retry', now, 1);
		await commit(birth('t1', {}, {timers: [old]}));
		const fresh = timer('t1', 'retry', now + 5, 2);
		await commit(move('t1', 1, {}, {set: [fresh]}));
		t.deepEqual((await commit({kind: 'tidy', timer: old})).fates, ['conflict']);
		t.deepEqual(await store.due(now + 5, 10), [fresh]);
		t.deepEqual((await commit({kind: 'tidy', timer: fresh})).fates, ['done']);
		t.is(await store.nextDue(), undefined);
	});
}
