// What holds for every step of every task, whatever happens to it.
import type {ExecutionContext} from 'ava';
import type {Decision} from '#actors/decide.ts';
import {
	isTerminal,
	mostSoloLosses,
	type Task,
	type TaskEvent,
	type TimerKind,
	timersOf,
} from '#actors/task.ts';
import {policy} from './world.ts';

type Committed = Extract<Decision, {verdict: 'commit'}>;

export function keepsTheLaws(t: ExecutionContext, before: Task, event: TaskEvent, decision: Decision): void {
	claimsAreAnswered(t, before, event, decision);
	if (decision.verdict === 'pass') {
		const types = decision.effects.map(effect => effect.type);
		t.true(
			types.every(type => type === 'answer'),
			`nothing but an answer without a commit: ${types.join()}`,
		);
		return;
	}
	const after = decision.task;
	attemptsGoForward(t, before, event, after);
	endsAreKept(t, before, event, decision);
	rowIsSound(t, after);
	timersAreSound(t, before, decision);
	effectsFollow(t, decision);
}

/** R13, R15, R22: a claim that gets no answer, or a `no` it should not get, is an attempt that nobody runs. */
function claimsAreAnswered(t: ExecutionContext, before: Task, event: TaskEvent, decision: Decision): void {
	const answers = decision.effects.filter(effect => effect.type === 'answer');
	if (event.type !== 'claim') return void t.is(answers.length, 0);
	if (before.state !== 'queued' || event.claim.attempt !== before.attempt) return;
	const {grant} = answers[0]?.params ?? {};
	t.is(answers.length, 1, 'every claim of the current attempt is answered');
	const over = decision.verdict === 'commit' && decision.task.state === 'dead';
	t.is(grant === 'no', over, 'a claim of the current attempt is denied only if that ended the task');
	if (grant === 'solo') t.true(event.claim.alone, 'only who is alone may run alone');
	if (grant === 'yes') t.is(before.grants, 0);
}

/** R14 */
function attemptsGoForward(t: ExecutionContext, before: Task, event: TaskEvent, after: Task): void {
	const next = event.type === 'redrive' || (event.type === 'fail' && after.state === 'retrying');
	t.is(after.attempt, before.attempt + (next ? 1 : 0), 'failing with a retry, and a redrive, move on by one');
	if (after.attempt > before.attempt) t.like(after, {grants: 0, soloLosses: 0, soloCopies: []});
	if (event.type === 'redrive') t.like(after, {charged: 0, losses: 0, failure: before.failure});
	else t.true(after.charged + after.losses <= before.charged + before.losses + 1);
}

function endsAreKept(
	t: ExecutionContext,
	before: Task,
	event: TaskEvent,
	{task: after, effects}: Committed,
): void {
	if (isTerminal(before.state)) {
		t.is(before.state, 'dead');
		t.is(event.type, 'redrive', 'only a redrive leaves an end');
	}
	if (!isTerminal(after.state)) return;
	t.is(effects.filter(effect => effect.type === 'reply').length, 1, 'every end is told, once');
	t.is(
		effects.some(effect => effect.type === 'bury'),
		after.state === 'dead',
	);
	const stopped = after.state === 'cancelled' || after.state === 'expired';
	t.is(
		effects.some(effect => effect.type === 'stop'),
		stopped,
	);
}

function rowIsSound(t: ExecutionContext, task: Task): void {
	t.is(task.endedAt !== null, isTerminal(task.state), 'ended means terminal');
	t.is(task.dueAt !== null, task.state === 'retrying', 'due means retrying');
	if (task.placed)
		t.true(['queued', 'running'].includes(task.state), 'only what is queued can be in the broker');
	if (task.state === 'succeeded') t.is(task.failure, null);
	if (isTerminal(task.state) && task.state !== 'succeeded') t.not(task.failure, null);
	const most = Math.max(task.maxAttempts, policy.infraAttempts);
	t.true(task.charged <= most && task.losses <= policy.infraAttempts, 'no failure beyond the allowed ones');
	if (task.state !== 'dead') t.true(task.soloLosses < mostSoloLosses);
	// R16: a copy is held by one worker.
	const copies = task.soloCopies.map(held => held.split(' ')[0]);
	t.is(new Set(copies).size, copies.length);
}

/** R18: what the decision sets and clears turns the old row's timers into the new row's. */
function timersAreSound(t: ExecutionContext, before: Task, {task: after, set, clear}: Committed): void {
	const timers = new Map<TimerKind, number>();
	if (before.state !== 'accepted') for (const {kind, at} of timersOf(before)) timers.set(kind, at);
	for (const kind of clear) t.true(timers.delete(kind), `cleared a timer that was not there: ${kind}`);
	for (const {kind, at} of set) timers.set(kind, at);
	const wanted = timersOf(after).map(({kind, at}) => `${kind} ${at}`);
	t.deepEqual([...timers].map(timer => timer.join(' ')).sort(), wanted.sort());
	if (isTerminal(after.state)) t.is(timers.size, 0);
}

function effectsFollow(t: ExecutionContext, {task: after, effects}: Committed): void {
	const dispatched = effects.some(effect => effect.type === 'dispatch');
	if (dispatched) t.like(after, {state: 'queued', placed: true}, 'what is dispatched is queued and placed');
}
