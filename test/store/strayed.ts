// What the audit asks the store for: by the rows themselves, whatever timers and counts say.
import test from 'ava';
import {birth, enter, type MakePlace, move, now, type OpenPlace, world} from './world.ts';

const waiting = {state: 'queued', placed: false} as const;

export function strayedContract(name: string, make: MakePlace): void {
	test(`${name}: a row that should have a timer and has none is found once it is due`, async t => {
		const {store, commit} = await world(t, make);
		const expiring = {expiresAt: now + 10};
		const retrying = {state: 'retrying', attempt: 2, dueAt: now + 20} as const;
		await commit(
			birth('t1', expiring),
			birth('t2', expiring, {timers: [{task: 't2', kind: 'expire', at: now + 10, attempt: 1}]}),
			birth('t3', {...expiring, startedAt: now}),
			birth('t4', {...expiring, state: 'succeeded'}),
			birth('t5', retrying),
			birth('t6', retrying, {timers: [{task: 't6', kind: 'retry', at: now + 20, attempt: 2}]}),
			birth('t7', {deadline: now + 30, state: 'retrying', dueAt: now + 90}),
			birth('t8', {deadline: now + 30, state: 'dead'}),
			birth('t9'),
		);
		t.deepEqual(await store.untimed(now + 9, 10), []);
		const expire = {task: 't1', kind: 'expire', at: now + 10, attempt: 1} as const;
		t.deepEqual(await store.untimed(now + 10, 10), [expire]);
		const retry = {task: 't5', kind: 'retry', at: now + 20, attempt: 2} as const;
		const deadline = {task: 't7', kind: 'deadline', at: now + 30, attempt: 1} as const;
		t.deepEqual(await store.untimed(now + 50, 10), [retry, expire, deadline]);
		await commit(move('t5', 1, waiting), move('t1', 1, {...expiring, state: 'expired'}));
		t.deepEqual(await store.untimed(now + 50, 10), [deadline]);
	});

	test(`${name}: what is in the broker is given home by home, in pages`, async t => {
		const one = await world(t, make);
		const two = await enter(one.store, 'n2');
		await one.commit(birth('t1'), birth('t2', waiting), birth('t3'), birth('t5', {state: 'succeeded'}));
		await two.commit(birth('t4'), birth('t6', {state: 'retrying'}));
		const {store} = one;
		t.deepEqual(await store.inBroker({home: 'n1', after: '', limit: 10}), ['t1', 't3']);
		t.deepEqual(await store.inBroker({home: 'n1', after: '', limit: 1}), ['t1']);
		t.deepEqual(await store.inBroker({home: 'n1', after: 't1', limit: 10}), ['t3']);
		await two.commit(move('t1', 1), move('t3', 1, waiting));
		t.deepEqual(await store.inBroker({home: 'n1', after: '', limit: 10}), []);
		t.deepEqual(await store.inBroker({home: 'n2', after: '', limit: 10}), ['t1', 't4']);
	});

	test(`${name}: what is in the broker is found behind however much that waits`, async t => {
		const {store, commit} = await world(t, make);
		const many = Array.from({length: 10_001}, (_, i) => birth(`t${String(i).padStart(5, '0')}`, waiting));
		await commit(...many);
		await commit(birth('u1'), birth('u2'));
		t.deepEqual(await store.inBroker({home: 'n1', after: '', limit: 1}), ['u1']);
		t.deepEqual(await store.inBroker({home: 'n1', after: '', limit: 10}), ['u1', 'u2']);
	});

	test(`${name}: the first that wait of each lane and function are found`, async t => {
		const {store, commit} = await world(t, make);
		t.deepEqual(await store.waiting(1), []);
		await commit(
			birth('t2', waiting),
			birth('t1', waiting),
			birth('t3', {...waiting, class: 'high'}),
			birth('t4', {...waiting, function: 'other'}),
			birth('t5', {...waiting, pool: 'gpu'}),
			birth('t6', {...waiting, function: 'other', state: 'retrying'}),
			birth('t7'),
		);
		const first = async (each: number) =>
			(await store.waiting(each)).map(one => `${one.pool} ${one.class} ${one.function} ${one.task}`);
		const others = ['default high fib t3', 'default normal other t4', 'gpu normal fib t5'];
		t.deepEqual((await first(1)).sort(), [...others, 'default normal fib t1'].sort());
		t.deepEqual(
			(await first(2)).sort(),
			[...others, 'default normal fib t1', 'default normal fib t2'].sort(),
		);
	});
}

export function uncountedContract(
	name: string,
	make: (t: Parameters<MakePlace>[0]) => Promise<OpenPlace>,
): void {
	test(`${name}: what waits is found also where the counts know nothing of it`, async t => {
		const place = await make(t);
		const {store, commit} = await enter(await place.open(), 'n1');
		await commit(birth('t1', waiting));
		await place.tamper('delete from counts');
		t.deepEqual(await store.backlog({pool: 'default', class: 'normal', limit: 10}), []);
		t.deepEqual(await store.waiting(1), [{pool: 'default', class: 'normal', function: 'fib', task: 't1'}]);
	});
}
