// R25: who is charged when an executor dies, decided from data alone.
import test from 'ava';
import {fail} from '#actors/failure.ts';
import type {Build} from '#contract/build.ts';
import {blame, type Death} from '#worker/executorBlame.ts';
import {Job} from '#worker/executorJob.ts';
import type {RunItem, RunOutcome} from '#worker/executors.ts';
import {buildOf} from '../engine/world.ts';
import {itemOf} from './pool.ts';

const build = await buildOf('export default 1;');
const crash: Death = {reason: null, culprit: null, how: 'SIGSEGV', complaint: ''};
const done = {result: Buffer.from('1'), usage: null};

function jobOf(count: number, over: readonly number[] = [], check = false): Job {
	const items = Array.from({length: count}, (_, at) => itemOf(at));
	const job = new Job(build, items, {started() {}, settled() {}}, {check});
	job.take(0);
	for (const index of over) job.settle(index, done);
	return job;
}

const jobs = (...all: Job[]) => new Map(all.map((job, list) => [list, job]));
const inputsOf = (all: readonly Job[]) =>
	all.map(({items}) => items.map((item: RunItem) => Number(item.input)));

test('nobody inside: nobody is blamed', t => {
	t.deepEqual(blame(jobs(jobOf(2, [0, 1])), crash), {charged: [], suspects: [], bystanders: []});
	t.deepEqual(blame(new Map(), crash), {charged: [], suspects: [], bystanders: []});
});

test('exactly one inside is charged', t => {
	const job = jobOf(3, [0, 1]);
	const {charged, suspects, bystanders} = blame(jobs(job, jobOf(1, [0])), crash);
	t.is(charged.length, 1);
	t.like(charged[0], {job, index: 2, failure: {code: 'CRASHED'}});
	t.deepEqual([suspects, bystanders], [[], []]);
});

test('what its supervisor killed it for is the charge', t => {
	const code = (reason: Death['reason']) =>
		blame(jobs(jobOf(1)), {...crash, reason}).charged[0]?.failure.code;
	t.is(code('memory'), 'MEMORY_LIMIT');
	t.is(code('silent'), 'CRASHED');
	t.is(code('hostile'), 'CRASHED');
});

test('an executor that said that it has no memory left died of that', t => {
	const code = (complaint: string, reason: Death['reason'] = null) =>
		blame(jobs(jobOf(1)), {...crash, reason, complaint}).charged[0]?.failure.code;
	t.is(
		code('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'),
		'MEMORY_LIMIT',
	);
	t.is(code("terminate called after throwing an instance of 'std::bad_alloc'"), 'MEMORY_LIMIT');
	t.is(code('Check failed: IsCreationThread()'), 'CRASHED');
	t.is(code('out of memory', 'silent'), 'CRASHED', 'it was killed for something else');
});

test('of several lists nobody is charged, and each item is a suspect of its own', t => {
	const {charged, suspects} = blame(jobs(jobOf(3, [0]), jobOf(1)), crash);
	t.deepEqual(charged, []);
	t.deepEqual(inputsOf(suspects), [[1], [2], [0]]);
	t.true(suspects.every(({suspect}) => suspect));
});

test('a death that convicts nobody is told once, with the last suspect, if one version was inside', async t => {
	/** What is told after a common death, as its suspects end one by one; `guilty`: takes its executor down again. */
	const told = (builds: readonly Build[], guilty: readonly number[] = []) => {
		const deaths: number[] = [];
		const listener = {
			started() {},
			settled: (_: RunItem, outcome: RunOutcome) => deaths.push(outcome.deaths ?? 0),
		};
		const all = builds.map(one => new Job(one, [itemOf(1)], listener));
		for (const job of all) job.take(0);
		for (const [at, job] of blame(jobs(...all), crash).suspects.entries())
			job.settle(0, guilty.includes(at) ? {usage: null, deaths: 1} : done);
		return deaths;
	};
	t.deepEqual(told([build, build, build]), [0, 0, 1]);
	t.deepEqual(told([build, build, build], [1]), [0, 1, 0], 'the guilty one tells for both');
	t.deepEqual(told([build, build], [0, 1]), [1, 1]);
	t.deepEqual(told([build, await buildOf('export default 2;')]), [0, 0], 'it may have been the neighbour');
});

test('of one list with several open items nobody is charged: the news of an end may have been lost', t => {
	const {charged, suspects} = blame(jobs(jobOf(3)), crash);
	t.deepEqual(charged, []);
	t.deepEqual(inputsOf(suspects), [[0], [1], [2]]);
});

test('a check among calls is a suspect that stays a check', t => {
	const {suspects} = blame(jobs(jobOf(1), jobOf(1, [], true)), crash);
	t.deepEqual(
		suspects.map(({check}) => check),
		[false, true],
	);
});

test('a named culprit is charged alone, and the others are bystanders', t => {
	const failure = fail('CPU_LIMIT');
	const culprit = {list: 0, who: 1, failure};
	const job = jobOf(3, [0]);
	const {charged, suspects, bystanders} = blame(jobs(job, jobOf(2)), {...crash, reason: 'stuck', culprit});
	t.deepEqual(charged, [{job, index: 1, failure}]);
	t.deepEqual(suspects, []);
	t.deepEqual(inputsOf(bystanders), [[2], [0, 1]]);
	t.true(bystanders.every(({suspect}) => !suspect));
});

test('a version that can not be loaded is charged to all of its list', t => {
	const culprit = {list: 0, who: 'version', failure: fail('TIMEOUT')} as const;
	const {charged, bystanders} = blame(jobs(jobOf(2), jobOf(1)), {...crash, reason: 'stuck', culprit});
	t.deepEqual(
		charged.map(({index}) => index),
		[0, 1],
	);
	t.deepEqual(inputsOf(bystanders), [[0]]);
});

test('a culprit that has ended since counts as none', t => {
	const culprit = {list: 0, who: 0, failure: fail('TIMEOUT')};
	const {charged} = blame(jobs(jobOf(1, [0]), jobOf(1)), {...crash, reason: 'stuck', culprit});
	t.like(charged[0]?.failure, {code: 'CRASHED'});
});

const nobody = (list: number): Death => ({
	...crash,
	reason: 'stuck',
	culprit: {list, who: 'nobody', failure: fail('CPU_LIMIT')},
});

test('what nobody of a list is guilty of is charged to nobody, and its version has cost an executor', t => {
	const deaths: number[] = [];
	const listener = {
		started() {},
		settled: (_: RunItem, outcome: RunOutcome) => deaths.push(outcome.deaths ?? 0),
	};
	const job = new Job(build, [itemOf(0), itemOf(1)], listener);
	job.take(0);
	const {charged, suspects, bystanders} = blame(jobs(job, jobOf(3, [0])), nobody(0));
	t.deepEqual([charged, suspects], [[], []]);
	t.deepEqual(inputsOf(bystanders), [
		[0, 1],
		[1, 2],
	]);
	for (const index of [0, 1]) bystanders[0]?.settle(index, done);
	t.deepEqual(deaths, [0, 1]);
});

test('nor is who is alone inside charged for it, also where its list is over or there was none', t => {
	for (const list of [1, 7, -1]) {
		const {charged, suspects, bystanders} = blame(jobs(jobOf(1), jobOf(1, [0])), nobody(list));
		t.deepEqual([charged, suspects], [[], []]);
		t.deepEqual(inputsOf(bystanders), [[0]]);
	}
});

test('what nobody is guilty of leaves a suspect a suspect', t => {
	const suspect = new Job(build, [itemOf(0)], {started() {}, settled() {}}, {suspect: true});
	suspect.take(0);
	for (const list of [0, 7]) {
		const {charged, suspects, bystanders} = blame(jobs(suspect), nobody(list));
		t.deepEqual([charged, bystanders], [[], []]);
		t.true(suspects[0]?.suspect);
	}
});

test('a list of which nobody is guilty time and again is not believed: each of it runs alone', t => {
	const {bystanders} = blame(jobs(jobOf(2)), nobody(0));
	bystanders[0]?.take(0);
	const again = blame(jobs(...bystanders), nobody(0));
	t.deepEqual([again.charged, again.bystanders], [[], []]);
	t.deepEqual(inputsOf(again.suspects), [[0], [1]]);
});

test("what was sent to an executor that had died by then is nobody's fault, unless that happens again and again", t => {
	const unread = (suspect = false) => new Job(build, [itemOf(0)], {started() {}, settled() {}}, {suspect});
	const first = blame(jobs(unread(), jobOf(1)), crash);
	t.is(first.charged.length, 1, 'the one that had been read');
	t.deepEqual(inputsOf(first.bystanders), [[0]]);
	const second = blame(jobs(first.bystanders[0] as Job), crash);
	t.deepEqual([second.charged.length, second.bystanders.length], [0, 1]);
	t.is(blame(jobs(second.bystanders[0] as Job), crash).charged.length, 1, 'it dies of reading it');
	const alone = blame(jobs(unread(true)), crash);
	t.true(alone.suspects[0]?.suspect);
});
