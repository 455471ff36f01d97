import test from 'ava';
import {fail} from '#actors/failure.ts';
import {keyOf} from '#store/store.ts';
import {aTask, birth, type MakePlace, move, now, world} from './world.ts';

const usage = {worker: 'w1', executor: 'e1', cold: true, initMs: 1.5, runMs: 2.25, cpuMs: 2, heapBytes: 9000};

export function commitContract(name: string, make: MakePlace): void {
	test(`${name}: a birth is there with its stamp, its revision and every field`, async t => {
		const {store, home, commit, row} = await world(t, make);
		const task = aTask('t1', {
			door: 'amqp',
			asynchronous: false,
			key: 'k',
			keyDigest: 'd',
			wallMs: 5000,
			correlationId: 'c',
			expiresAt: now + 1,
			deadline: now + 2,
			replyTo: 'answers',
			trace: '00-aa-bb-01',
		});
		const {seq, fates} = await commit({kind: 'birth', task, input: Buffer.from('1')});
		t.deepEqual(fates, ['done']);
		t.deepEqual(await row('t1'), {...task, revision: 1, home: 'n1', epoch: home.epoch, seq});
		t.deepEqual(await store.load(['nobody']), new Map());
	});

	test(`${name}: a move replaces the row, adds 1 to the revision and stamps it anew`, async t => {
		const {home, commit, row} = await world(t, make);
		await commit(birth('t1', {placed: true}));
		const task = aTask('t1', {
			state: 'retrying',
			placed: false,
			attempt: 2,
			charged: 1,
			losses: 2,
			grants: 3,
			soloLosses: 1,
			soloCopies: ['n1.1.7'],
			dueAt: now + 9,
			failure: fail('TIMEOUT', 'slow', {stack: 'at f'}),
			usage,
			startedAt: now + 3,
			updatedAt: now + 4,
			version: 'b'.repeat(64),
			maxAttempts: 7,
		});
		const {seq, fates} = await commit({kind: 'move', task, expected: 1});
		t.deepEqual(fates, ['done']);
		t.deepEqual(await row('t1'), {...task, revision: 2, home: 'n1', epoch: home.epoch, seq});
	});

	test(`${name}: a move decided on another revision is a conflict and harms no neighbour`, async t => {
		const {store, commit, row} = await world(t, make);
		await commit(birth('t1'), birth('t2'));
		const late = move('t1', 7, {state: 'succeeded'}, {result: Buffer.from('1')});
		const {fates} = await commit(move('t2', 1, {state: 'dead'}), late, birth('t3'));
		t.deepEqual(fates, ['done', 'conflict', 'done']);
		t.like(await row('t1'), {state: 'queued', revision: 1});
		t.like(await row('t2'), {state: 'dead', revision: 2});
		t.deepEqual(await store.results(['t1']), new Map());
	});

	test(`${name}: of two moves decided on one revision only the first is taken`, async t => {
		const {commit, row} = await world(t, make);
		await commit(birth('t1'));
		const {fates} = await commit(move('t1', 1, {state: 'cancelled'}), move('t1', 1, {state: 'succeeded'}));
		t.deepEqual(fates, ['done', 'conflict']);
		t.like(await row('t1'), {state: 'cancelled', revision: 2});
	});

	test(`${name}: a move of a task that is not there is a conflict`, async t => {
		const {commit, row} = await world(t, make);
		t.deepEqual((await commit(move('t1', 1))).fates, ['conflict']);
		t.is(await row('t1'), undefined);
	});

	test(`${name}: a birth exists if its id is taken, or its function and key`, async t => {
		const {store, commit} = await world(t, make);
		await commit(birth('t1', {key: 'k'}));
		const other = {timers: [{task: 't2', kind: 'expire', at: now, attempt: 1}]} as const;
		const {fates} = await commit(
			birth('t1', {key: 'another'}),
			birth('t2', {key: 'k'}, other),
			birth('t3', {key: 'k', function: 'other'}),
			birth('t4', {key: null}),
			birth('t5', {key: null}),
			birth('t6', {key: 'twice'}),
			birth('t7', {key: 'twice'}),
		);
		t.deepEqual(fates, ['exists', 'exists', 'done', 'done', 'done', 'done', 'exists']);
		t.deepEqual([...(await store.load(['t1', 't2', 't3', 't7'])).keys()], ['t1', 't3']);
		t.is((await store.load(['t1'])).get('t1')?.key, 'k');
		t.deepEqual([...(await store.inputs(['t1', 't2'])).keys()], ['t1']);
		t.deepEqual(await store.due(now, 10), []);
	});

	test(`${name}: a task is found by function and key`, async t => {
		const {store, commit} = await world(t, make);
		await commit(birth('t1', {key: 'k with spaces'}), birth('t2', {key: 'k', function: 'other'}));
		const keys = [
			{function: 'fib', key: 'k with spaces'},
			{function: 'other', key: 'k'},
			{function: 'fib', key: 'k'},
		];
		const found = await store.loadByKey(keys);
		t.is(found.size, 2);
		t.deepEqual(
			keys.map(key => found.get(keyOf(key))?.id),
			['t1', 't2', undefined],
		);
	});

	test(`${name}: a key may hold any character, and no two keys are one`, async t => {
		const {store, commit} = await world(t, make);
		const keys = ['\u0000', '\u0001', '\u00010', '\u0001\u0000', '\\', '{"a",NULL}', 'é\u{1F600}', ''];
		const {fates} = await commit(...keys.map((key, i) => birth(`t${i}`, {key, replyTo: `q${key}`})));
		t.true(fates.every(fate => fate === 'done'));
		const rows = await store.loadByKey(keys.map(key => ({function: 'fib', key})));
		t.deepEqual(
			keys.map(key => rows.get(keyOf({function: 'fib', key}))).map(row => [row?.id, row?.key, row?.replyTo]),
			keys.map((key, i) => [`t${i}`, key, `q${key}`]),
		);
		t.deepEqual(await store.load(['\u0000', 't0\u0000']), new Map());
		t.deepEqual(await store.logs('\u0000'), []);
	});

	test(`${name}: whatever is written beside a task is kept when nothing else is`, async t => {
		const {store, commit} = await world(t, make);
		const note = Buffer.from('[]');
		const timer = {task: 't1', kind: 'deadline', at: now, attempt: 1} as const;
		const timers = async () => (await store.due(now, 9)).map(({kind}) => kind);
		await commit(birth('t1', {}, {history: note}));
		t.deepEqual(await store.history('t1'), [{revision: 1, entries: note}]);
		await commit(move('t1', 1, {}, {history: note}));
		t.is((await store.history('t1')).length, 2);
		await commit(move('t1', 2, {}, {log: {attempt: 1, lines: note}}));
		t.deepEqual(await store.logs('t1'), [{attempt: 1, lines: note}]);
		await commit(move('t1', 3, {}, {set: [timer]}));
		t.deepEqual(await timers(), ['deadline']);
		await commit(move('t1', 4, {}, {clear: ['deadline']}));
		t.deepEqual(await timers(), []);
		await commit(birth('t2', {}, {timers: [{...timer, task: 't2'}]}));
		t.deepEqual(await timers(), ['deadline']);
		await commit({kind: 'tidy', timer: {...timer, task: 't2'}});
		t.deepEqual(await timers(), []);
	});

	test(`${name}: bodies come back byte for byte, also empty, large and not UTF-8`, async t => {
		const {store, commit} = await world(t, make);
		const bodies = [Buffer.alloc(0), Buffer.from([0, 255, 128, 10]), Buffer.alloc(3_000_000, 'é')];
		await commit(...bodies.map((input, i) => birth(`t${i}`, {}, {input})));
		const ended = {state: 'succeeded'} as const;
		await commit(
			...bodies.map((result, i) =>
				move(`t${i}`, 1, ended, {result, log: {attempt: 1, lines: result}, clear: 'all'}),
			),
		);
		const [inputs, results] = await Promise.all([
			store.inputs(['t0', 't1', 't2']),
			store.results(['t2', 't1', 't0']),
		]);
		for (const [i, body] of bodies.entries()) {
			t.true(inputs.get(`t${i}`)?.equals(body));
			t.true(results.get(`t${i}`)?.equals(body));
			t.true((await store.logs(`t${i}`))[0]?.lines.equals(body));
		}
		t.deepEqual(await store.inputs(['nobody']), new Map());
	});

	test(`${name}: logs are in the order of the attempts and stay as they were written`, async t => {
		const {store, commit} = await world(t, make);
		const log = (attempt: number, text: string) => ({log: {attempt, lines: Buffer.from(text)}});
		await commit(birth('t1'));
		await commit(move('t1', 1, {attempt: 3}, log(2, 'second')));
		await commit(move('t1', 2, {attempt: 2}, log(1, 'first')));
		await commit(move('t1', 3, {attempt: 2}, log(1, 'changed')));
		t.deepEqual(await store.logs('t1'), [
			{attempt: 1, lines: Buffer.from('first')},
			{attempt: 2, lines: Buffer.from('second')},
		]);
		t.deepEqual(await store.logs('nobody'), []);
	});

	test(`${name}: a commit that throws in its middle leaves nothing behind`, async t => {
		const {store, commit} = await world(t, make);
		await commit(birth('t1'));
		const broken = {...birth('t3'), input: undefined as unknown as Buffer};
		await t.throwsAsync(commit(birth('t2'), move('t1', 1, {state: 'dead'}), broken, birth('t4')));
		t.deepEqual(
			[...(await store.load(['t1', 't2', 't3', 't4'])).values()].map(row => [row.id, row.revision]),
			[['t1', 1]],
		);
		t.deepEqual(await store.counts(), [{function: 'fib', state: 'queued', placed: true, count: 1}]);
		t.deepEqual((await commit(birth('t5'))).fates, ['done']);
		t.deepEqual((await commit(move('t2', 1), move('t1', 2))).fates, ['conflict', 'conflict']);
		const waiting = {state: 'retrying', placed: false} as const;
		t.deepEqual((await commit(birth('t2', waiting), move('t2', 1), move('t1', 1, waiting))).fates, [
			'done',
			'done',
			'done',
		]);
		t.deepEqual(await store.counts(), (await store.recount()).rows);
	});
}
