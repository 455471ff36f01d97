// Suspects once the culprit is found: decided from data alone.
import test from 'ava';
import {blame} from '#worker/executorBlame.ts';
import {Job} from '#worker/executorJob.ts';
import type {RunItem, RunOutcome} from '#worker/executors.ts';
import {buildOf} from '../engine/world.ts';
import {itemOf} from './pool.ts';

const [build, neighbour] = [await buildOf('export default 1;'), await buildOf('export default 2;')];
const death = {reason: null, culprit: null, how: 'SIGSEGV', complaint: ''};
const done = {result: Buffer.from('1'), usage: null};
const guilty = {usage: null, deaths: 1};

const listOf = (
	inputs: readonly number[],
	of = build,
	settled: (item: RunItem, outcome: RunOutcome) => void = () => {},
) =>
	new Job(
		of,
		inputs.map(input => itemOf(input)),
		{started() {}, settled},
	);
const inputsOf = (jobs: readonly Job[]) => jobs.map(({items}) => items.map(({input}) => Number(input)));
/** The suspects of a death in which these were inside. */
const suspectsOf = (...jobs: readonly Job[]) => {
	for (const job of jobs) job.take(0);
	return blame(new Map(jobs.map((job, list) => [list, job])), death).suspects;
};
const cleared = (suspects: readonly Job[]) => suspects.filter(job => !job.over && job.isCleared);

test('nobody is cleared before one is found guilty, then all are who still wait', t => {
	const suspects = suspectsOf(listOf([1, 2]), listOf([3], neighbour), listOf([4], neighbour));
	suspects[0]?.settle(0, done);
	t.deepEqual(cleared(suspects), []);
	suspects[1]?.settle(0, guilty);
	t.deepEqual(inputsOf(cleared(suspects)), [[3], [4]]);
});

test('those who are released and came in one list are one again, in its order, and suspects no more', t => {
	const ends: number[] = [];
	const list = listOf([1, 2, 3], build, ({input}) => ends.push(Number(input)));
	const suspects = suspectsOf(listOf([0]), list, listOf([4], neighbour));
	suspects[0]?.settle(0, guilty);
	suspects[2]?.settle(0, done);
	const released = Job.released(cleared(suspects));
	t.deepEqual(inputsOf(released), [[1, 3], [4]]);
	t.false(released.some(({suspect, isCleared}) => suspect || isCleared));
	for (const index of [0, 1]) released[0]?.settle(index, done);
	t.deepEqual(ends, [2, 1, 3], 'its listener hears of them');
});

test('who was released, dies again with others and is of the version that is guilty stays; others do not', t => {
	const first = suspectsOf(listOf([1, 2, 3]), listOf([4], neighbour));
	first[0]?.settle(0, guilty);
	const second = suspectsOf(...Job.released(cleared(first)));
	t.deepEqual(inputsOf(second), [[2], [3], [4]]);
	second[0]?.settle(0, guilty);
	t.deepEqual(inputsOf(cleared(second)), [[4]]);
	const third = suspectsOf(...Job.released(cleared(second)), listOf([5]));
	third[1]?.settle(0, guilty);
	t.deepEqual(inputsOf(cleared(third)), [[4]], 'however often');
});

test('a culprit that is found tells of the death for all, and who is released tells of nothing', t => {
	const deaths: number[] = [];
	const list = listOf([1, 2, 3], build, (_, outcome) => deaths.push(outcome.deaths ?? 0));
	const suspects = suspectsOf(list);
	suspects[0]?.settle(0, guilty);
	for (const job of Job.released(cleared(suspects))) for (const index of job.open) job.settle(index, done);
	t.deepEqual(deaths, [1, 0, 0]);
});
