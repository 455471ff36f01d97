import test from 'ava';
import {type Wave, wavesOf} from '#store/postgres/wave.ts';
import {aFunction, birth, deploy, move, now} from './world.ts';

const places = (waves: readonly Wave[]) => waves.map(wave => wave.map(({at}) => at));

test('changes of different tasks and keys are one wave, in their places', t => {
	t.deepEqual(places(wavesOf([])), [[]]);
	const changes = [birth('t1', {key: 'a'}), move('t2', 1), birth('t3', {key: 'a', function: 'other'})];
	t.deepEqual(places(wavesOf(changes)), [[0, 1, 2]]);
});

test('a change of a task, or of a key, that is in the batch already comes after it', t => {
	const timer = {task: 't1', kind: 'expire', at: now, attempt: 1} as const;
	const changes = [
		birth('t1', {key: 'a'}),
		birth('t2', {key: 'a'}),
		move('t1', 1),
		{kind: 'tidy', timer} as const,
		move('t3', 1),
		move('t2', 1),
	];
	t.deepEqual(places(wavesOf(changes)), [
		[0, 4],
		[1, 2],
		[3, 5],
	]);
});

test('functions are changed beside the waves', t => {
	t.deepEqual(places(wavesOf([deploy(aFunction('fib'), 0), move('t1', 1)])), [[1]]);
});

test('more bytes than one statement takes make another wave, and one body always fits', t => {
	const input = Buffer.alloc(40 * 2 ** 20);
	const huge = Buffer.alloc(80 * 2 ** 20);
	const changes = [
		birth('t1', {}, {input}),
		birth('t2', {}, {input}),
		birth('t3'),
		birth('t4', {}, {input: huge}),
		move('t2', 1),
	];
	t.deepEqual(places(wavesOf(changes)), [[0, 2], [1], [3, 4]]);
});
