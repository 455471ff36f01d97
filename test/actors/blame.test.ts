import test from 'ava';
import {decide} from '#actors/decide.ts';
import {fail} from '#actors/failure.ts';
import {mostSoloLosses, type Task, type TaskEvent} from '#actors/task.ts';
import {accepted, policy} from './world.ts';

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

function after(task: Task, event: TaskEvent): Task {
	const decision = decide(task, [event]);
	return decision.verdict === 'commit' ? decision.task : task;
}
