import test from 'ava';
import {decide} from '#actors/decide.ts';
import {fail} from '#actors/failure.ts';
import {isPlain, plainHistory} from '#actors/history.ts';
import type {Task, TaskEvent} from '#actors/task.ts';
import {paths} from './reach.ts';
import {accepted, policy, usage} from './world.ts';

test('a commit writes down each of its events, unless the row tells of all of them', t => {
	for (const {task, steps} of paths()) {
		let before: Task = accepted(task);
		for (const {event, task: after} of steps) {
			const decision = decide({...before, state: before.state}, [event]);
			before = after;
			if (decision.verdict !== 'commit') continue;
			const expected = isPlain([event]) ? [] : [{event: event.type, to: decision.task.state, at: event.at}];
			t.deepEqual(
				decision.history.map(({event: name, to, at}) => ({event: name, to, at})),
				expected,
			);
		}
	}
});

/** All that happened to a task, as it is told: what its commits wrote down, and what its row says. */
function life(lists: readonly (readonly TaskEvent[])[]) {
	let task: Task = accepted();
	const written = [];
	for (const events of lists) {
		const decision = decide(task, events);
		if (decision.verdict !== 'commit') throw new Error(`Expected ${events[0]?.type} to be allowed`);
		written.push(...decision.history);
		({task} = decision);
	}
	return [...plainHistory(task), ...written]
		.toSorted((a, b) => a.at - b.at)
		.map(({at, attempt, event, from, to, worker, why}) => [
			at,
			attempt,
			event,
			`${from} → ${to}`,
			worker,
			why,
		]);
}

const where = {worker: 'w1', executor: 'e1'};
const once = {...policy, maxAttempts: 1};

test('a task that failed, was lost, was claimed and succeeded tells all of it, in order', t => {
	const failed = {type: 'fail', at: 4, failure: fail('INTERNAL'), policy, jitter: 0, usage: null} as const;
	const claim = {attempt: 2, copy: 'c', worker: 'w2', redelivered: true, alone: false};
	const {createdAt} = accepted();
	t.deepEqual(
		life([
			[{type: 'admit', at: createdAt, room: true}],
			[
				{type: 'start', at: createdAt + 3, attempt: 1, where},
				{...failed, at: createdAt + 4},
			],
			[{type: 'retry', at: createdAt + 5, attempt: 2, room: true}],
			[{type: 'lost', at: createdAt + 6, attempt: 2, worker: 'w1', why: 'its worker is lost'}],
			[{type: 'claim', at: createdAt + 7, claim}],
			[
				{type: 'start', at: createdAt + 8, attempt: 2},
				{type: 'succeed', at: createdAt + 9, usage: {...usage, worker: 'w2'}},
			],
		]).map(([at, ...rest]) => [Number(at) - createdAt, ...rest]),
		[
			[0, 1, 'admit', 'accepted → queued', null, 'it came by amqp'],
			[3, 1, 'start', 'queued → running', 'w1', null],
			[
				4,
				1,
				'fail',
				'running → retrying',
				null,
				'INTERNAL: Warren itself failed (nobody is charged; loss 1)',
			],
			[5, 2, 'retry', 'retrying → queued', null, null],
			[6, 2, 'lost', 'queued → queued', 'w1', 'its worker is lost; dispatched again'],
			[7, 2, 'claim', 'queued → queued', 'w2', 'its worker was lost or gave it back: granted'],
			[8, 2, 'start', 'queued → running', 'w2', null],
			[9, 2, 'succeed', 'running → succeeded', 'w2', null],
		],
	);
});

test('a charge is told with the limit that counts: that of the infrastructure for a crash, where it is more', t => {
	const {createdAt: at} = accepted();
	const told = (code: 'CRASHED' | 'FUNCTION_THREW', maxAttempts: number) => {
		const limits = {...policy, maxAttempts, infraAttempts: 3};
		const start = {type: 'start', at, attempt: 1, where} as const;
		const failed = {
			type: 'fail',
			at,
			failure: fail(code, 'no'),
			policy: limits,
			jitter: 0,
			usage: null,
		} as const;
		const decision = decide({...accepted({maxAttempts})}, [{type: 'admit', at, room: true}, start, failed]);
		return decision.verdict === 'commit' && [decision.task.state, decision.history.at(-1)?.why];
	};
	t.deepEqual(told('CRASHED', 1), ['retrying', 'CRASHED: no (charge 1 of 3)']);
	t.deepEqual(told('CRASHED', 5), ['retrying', 'CRASHED: no (charge 1 of 5)']);
	t.deepEqual(told('FUNCTION_THREW', 1), ['dead', 'FUNCTION_THREW: no (charge 1 of 1)']);
});

test('an end from outside says whom it stopped, and since when it ran', t => {
	const {createdAt} = accepted();
	const admit = {type: 'admit', at: createdAt, room: true} as const;
	const ran = {worker: 'w1', startedAt: createdAt + 1};
	const decision = decide({...accepted(), ...once}, [admit, {type: 'cancel', at: createdAt + 9, ran}]);
	t.like(decision, {verdict: 'commit', task: {state: 'cancelled', startedAt: createdAt + 1}});
	t.deepEqual(life([[admit], [{type: 'cancel', at: createdAt + 9, ran}]])[1]?.slice(1, 5), [
		1,
		'cancel',
		'queued → cancelled',
		'w1',
	]);
});

test('a task that ends because the broker gave up on it too often says so, and not that it goes on', t => {
	const {createdAt} = accepted();
	const given = (copy: string, at: number): TaskEvent[] => [
		{type: 'claim', at, claim: {attempt: 1, copy, worker: 'w1', redelivered: true, alone: true}},
		{type: 'giveUp', at: at + 1, attempt: 1, copy},
	];
	const admit = {type: 'admit', at: createdAt, room: true} as const;
	const first = {
		type: 'claim',
		at: createdAt,
		claim: {attempt: 1, copy: '0', worker: 'w0', redelivered: false, alone: false},
	} as const;
	const told = life([
		[admit],
		[first],
		...['a', 'b', 'c'].flatMap((copy, n) => given(copy, createdAt + 10 * (n + 1)).map(event => [event])),
		given('d', createdAt + 40).slice(0, 1),
	]);
	const ends = told.slice(2).map(([, , event, change, , why]) => [event, change, why]);
	const step = (losses: string): string[][] => [
		['claim', 'queued → queued', `its worker was lost or gave it back: granted to run alone${losses}`],
		[
			'giveUp',
			'queued → queued',
			'the broker gave up on its work message while it ran alone; dispatched again, and a loss unless its outcome comes first',
		],
	];
	t.deepEqual(ends, [
		...step(' (grant 2)'),
		...step(', after 1 losses while it ran alone (grant 3)'),
		...step(', after 2 losses while it ran alone (grant 4)'),
		['claim', 'queued → dead', 'DELIVERY_LIMIT: The task was running alone on too many workers that died'],
	]);
});
