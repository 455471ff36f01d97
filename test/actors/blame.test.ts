import test from 'ava';
import {decide} from '#actors/decide.ts';
import {fail} from '#actors/failure.ts';
import {mostSoloLosses, type Task, type TaskEvent} from '#actors/task.ts';
import {accepted, policy, usage} from './world.ts';

const at = 1_000;

test('a worker that asks again for the copy it runs alone has not died with it', t => {
	let task = grantedSolo('w1');

	for (let again = 0; again < 5; again++) task = after(task, claim('w1'));

	t.is(task.state, 'queued');
	t.is(task.soloLosses, 0);
});

test('a copy that comes back from one dead worker after the other ends the task with DELIVERY_LIMIT', t => {
	let task = grantedSolo('w0');

	for (let lost = 1; lost <= mostSoloLosses; lost++) {
		t.is(task.state, 'queued');
		task = after(task, claim(`w${lost}`));
	}

	t.is(task.state, 'dead');
	t.is(task.failure?.code, 'DELIVERY_LIMIT');
});

test('what ran alone in a worker that is gone is counted by the next claim, each worker once', t => {
	let task = grantedSolo('w0');

	for (let lost = 0; lost < mostSoloLosses; lost++) {
		t.like(task, {state: 'queued', soloLosses: lost});
		const gone = after(after(task, isGone(`w${lost}`)), isGone(`w${lost}`));
		t.like(gone, {state: 'queued', soloLosses: lost});
		task = after(gone, claim(`w${lost + 1}`, `c${lost + 2}`));
	}

	t.is(task.failure?.code, 'DELIVERY_LIMIT');
});

test('a copy that was given up, and whose worker is gone, is one loss, also where it comes back itself', t => {
	const given = after(grantedSolo('w1'), {type: 'giveUp', at, attempt: 1, copy: 'c1'});

	t.is(after(after(given, isGone('w1')), claim('w2', 'c2')).soloLosses, 1);
	t.is(after(after(given, isGone('w1')), claim('w2', 'c1')).soloLosses, 1);
});

test('the outcome of a worker that is gone ends the task, however many were lost before', t => {
	let task = grantedSolo('w0');
	for (let lost = 1; lost < mostSoloLosses; lost++) task = after(task, claim(`w${lost}`));
	task = after(task, isGone(`w${mostSoloLosses - 1}`));

	const decision = decide(task, [
		{type: 'start', at, attempt: 1},
		{type: 'succeed', at, usage},
	]);

	t.like(decision, {verdict: 'commit', task: {state: 'succeeded', soloLosses: mostSoloLosses - 1}});
});

test('another copy of the attempt, coming back, is no loss', t => {
	const task = after(grantedSolo('w1'), claim('w2', 'other'));

	t.is(task.soloLosses, 0);
});

test('a task that was started once does not expire while it waits for its retry', t => {
	const failed = decide(queued({expiresAt: at + 10}), [
		{type: 'start', at, attempt: 1},
		{type: 'fail', at, failure: fail('CRASHED'), policy, jitter: 0, usage: null},
	]);
	if (failed.verdict !== 'commit') return t.fail('the failure is taken');

	const decision = decide(failed.task, [{type: 'expire', at: at + 10, started: false}]);

	t.is(decision.verdict, 'commit');
	t.like(decision, {task: {state: 'retrying', expiresAt: null}, path: []});
});

function queued(more: Partial<Task> = {}): Task {
	return after(accepted(more), {type: 'admit', at, room: true});
}

/** The first grant runs as usual; the second runs alone. */
function grantedSolo(worker: string): Task {
	return after(after(queued(), claim('w9', 'first')), claim(worker));
}

function claim(worker: string, copy = 'c1'): TaskEvent {
	return {type: 'claim', at, claim: {attempt: 1, copy, worker, redelivered: true, alone: true}};
}

const isGone = (worker: string): TaskEvent => ({
	...{type: 'lost', at, attempt: 1, worker},
	why: 'it was killed',
	gone: true,
});

function after(task: Task, event: TaskEvent): Task {
	const decision = decide(task, [event]);
	return decision.verdict === 'commit' ? decision.task : task;
}
