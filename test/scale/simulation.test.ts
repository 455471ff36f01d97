import test from 'ava';
import {fixed, play, usual} from './play.ts';
import {traces} from './traces.ts';

const named = (name: string) => {
	const trace = traces.find(one => one.name === name);
	if (!trace) throw new Error(`there is no trace ${name}`);
	return trace;
};

/** Before a look sees it, and a worker that was not there takes it. */
const reactionMs = usual.everyMs + usual.startMs;
const {targetWaitMs} = usual.rule;

/**
 * What holds for each load: the wait of 95 and of 99 in a hundred, and what it costs of the least that anybody
 * could do with, who knew what comes and whose every slot is always taken.
 */
const bounds = [
	['steady', {p95: 1000, p99: targetWaitMs, cost: 1.8, changes: 8}],
	['step', {p95: 1000, p99: targetWaitMs, cost: 1.9, changes: 14}],
	['ramp', {p95: 1000, p99: targetWaitMs, cost: 1.5, changes: 14}],
	['diurnal', {p95: 1000, p99: targetWaitMs, cost: 1.7, changes: 26}],
	['short, then longer tasks', {p95: 1000, p99: targetWaitMs, cost: 2, changes: 14}],
	['long tasks', {p95: targetWaitMs, p99: targetWaitMs, cost: 2.3, changes: 45}],
	['fluctuating (Azure)', {p95: 1000, p99: targetWaitMs, cost: 1.6, changes: 30}],
] as const;

for (const [name, {p95, p99, cost, changes}] of bounds) {
	test(`${name}: the target is met, at a cost of at most ${cost} x the least`, t => {
		for (const seed of [1, 2, 3]) {
			const report = play(named(name), {}, seed);
			t.true(report.waitMs.p95 <= p95, `p95 ${report.waitMs.p95} ms`);
			t.true(report.waitMs.p99 <= p99, `p99 ${report.waitMs.p99} ms`);
			t.true(report.workerSeconds <= cost * report.leastSeconds, `cost ${report.workerSeconds} s`);
			t.true(report.changes <= changes, `${report.changes} changes`);
			if (name === 'steady')
				t.true(report.turns <= 2, 'up from nothing, down to what is right, down to nothing');
		}
	});
}

for (const name of ['spike', 'idle, burst, idle, burst']) {
	test(`${name}: what comes all at once waits the target and as long as workers take to be there`, t => {
		for (const seed of [1, 2, 3]) {
			const {waitMs, workerSeconds, most} = play(named(name), {}, seed);
			// Twice the reaction: how long tasks take is not known before one worker has been there.
			t.true(waitMs.p99 <= targetWaitMs + 2 * reactionMs, `p99 ${waitMs.p99} ms`);
			t.true(most <= named(name).max);
			t.true(workerSeconds < fixed(named(name)).workerSeconds / 2);
		}
	});
}

test('what comes now and then wakes a worker, which goes again', t => {
	const {waitMs, workerSeconds, most, steps} = play(named('rare (Azure)'));
	t.true(waitMs.p99 <= reactionMs);
	t.is(most, 1);
	t.is(steps.at(-1)?.workers, 0);
	t.true(workerSeconds < 0.25 * fixed(named('rare (Azure)')).workerSeconds);
});

test('a pool that may not grow has the least wait it can, and says that it is at its bound', t => {
	const {steps, most} = play(named('step'), {max: 2});
	t.is(most, 2);
	t.regex(steps.find(({workers}) => workers === 2)?.why ?? '', /the most that is allowed/);
});

test('a pool with a minimum never has fewer', t => {
	const {steps} = play(named('idle, burst, idle, burst'), {min: 3});
	t.true(steps.every(({workers}) => workers >= 3));
});
