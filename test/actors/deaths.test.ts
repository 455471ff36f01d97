import test from 'ava';
import {mostDeaths} from '#actors/deaths.ts';
import {decide} from '#actors/decide.ts';
import {fail} from '#actors/failure.ts';
import type {Task, TaskEvent} from '#actors/task.ts';
import {accepted, policy, usage} from './world.ts';

const at = 1_800_000_000_500;
const crash = (deaths?: number): TaskEvent => ({
	...{type: 'fail', at, failure: fail('CRASHED'), policy, jitter: 0, usage: null},
	...(deaths !== undefined && {deaths}),
});

function after(before: Task, ...events: TaskEvent[]): Task {
	const decided = decide(before, events);
	if (decided.verdict !== 'commit') throw new Error('Expected a commit');
	return decided.task;
}

const queued = (more: Partial<Task> = {}): Task => ({
	...accepted(),
	state: 'queued',
	placed: true,
	...more,
});
const start: TaskEvent = {type: 'start', at, attempt: 1};

test('a task remembers the executors that died of it, however it ends', t => {
	t.deepEqual(after(queued(), start, crash(1)).deaths, [at]);
	t.deepEqual(after(queued({deaths: [1]}), start, crash(2)).deaths, [1, at, at]);
	t.deepEqual(after(queued(), start, {type: 'succeed', at, usage, deaths: 1}).deaths, [at]);
	t.deepEqual(after(queued(), start, crash()).deaths, []);
});

test('of very many it remembers the latest', t => {
	const {deaths} = after(queued({deaths: [1, 2]}), start, crash(mostDeaths - 1));
	t.is(deaths.length, mostDeaths);
	t.deepEqual(deaths.slice(0, 2), [2, at]);
});

test('with another version it has killed nobody yet', t => {
	const dead: Task = {...queued({deaths: [1]}), state: 'dead', placed: false};
	const redrive = {type: 'redrive', at, room: true, maxAttempts: 1, reply: false} as const;
	t.deepEqual(after(dead, {...redrive, version: 'v2'}).deaths, []);
	t.deepEqual(after(dead, {...redrive, version: 'v1'}).deaths, [1]);
	const waiting = queued({deaths: [1], placed: false});
	t.deepEqual(after(waiting, {type: 'place', at, version: 'v2'}).deaths, []);
	t.deepEqual(after(waiting, {type: 'place', at}).deaths, [1]);
});
