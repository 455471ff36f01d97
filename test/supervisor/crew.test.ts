import test from 'ava';
import {crew} from './crew.ts';

test('as many workers as wanted are started, and what ends is started again', t => {
	const {all, started, states, clock} = crew();
	all.want(2);
	const [one, two] = started();
	one?.ready();
	two?.ready();
	t.deepEqual(states(), ['1 ready', '2 ready']);
	clock.advance(20_000);
	one?.end(false);
	t.is(started().length, 1);
	t.deepEqual(states(), ['2 ready', '3 starting']);
	t.is(all.report().restarts, 1);
	t.is(all.report().trouble, null, 'it had served for long');
});

test('a worker that somebody drained is replaced at once, and is no failure', t => {
	const {all, started} = crew();
	all.want(1);
	for (let n = 0; n < 5; n++) {
		const [one, ...others] = started();
		t.deepEqual(others, []);
		one?.ready();
		one?.end(true);
	}
	t.is(all.report().trouble, null);
});

test('a worker that drains because somebody told it to is replaced while it finishes, however long that takes', t => {
	const {all, started, states, played, clock} = crew();
	all.want(2);
	const [one, two] = started();
	one?.ready();
	two?.ready();
	one?.drains();
	t.deepEqual(states(), ['1 draining', '2 ready', '3 starting']);
	t.deepEqual(played[0]?.told, [], 'it knows');
	one?.drains();
	t.is(started().length, 1);
	clock.advance(3_600_000);
	t.deepEqual(played[0]?.told, []);
	one?.end(true);
	t.deepEqual(states(), ['2 ready', '3 starting']);
	t.is(all.report().trouble, null);
	t.is(all.report().restarts, 0);
});

test('a crash loop is tried again ever later, one worker at a time, and says so', t => {
	const {all, started, clock} = crew();
	all.want(3);
	for (const one of started()) one.end(false);
	const {trouble} = all.report();
	t.like(trouble, {why: 'exit code 5', failures: 3, retryAt: clock.now() + 2000});
	const waits: number[] = [];
	for (let n = 0; n < 7; n++) {
		t.deepEqual(started(), []);
		const from = clock.now();
		clock.advance((all.report().trouble?.retryAt ?? 0) - from);
		waits.push((clock.now() - from) / 1000);
		const [one, ...others] = started();
		t.deepEqual(others, []);
		one?.end(false);
	}
	t.deepEqual(waits, [2, 4, 8, 16, 32, 60, 60]);
});

test('what works again fills up the crew, one after the other, and the trouble is over', t => {
	const {all, started, clock} = crew();
	all.want(3);
	for (const one of started()) one.end(false);
	clock.advance(2000);
	for (let n = 0; n < 3; n++) {
		t.not(all.report().trouble, null);
		const [one, ...others] = started();
		t.deepEqual(others, []);
		one?.ready();
	}
	t.is(all.report().trouble, null);
	t.deepEqual(started(), []);
	clock.advance(10_000);
	all.want(6);
	t.is(started().length, 3, 'once one has served for a while they start side by side again');
});

test('fewer are reached by draining, and one that does not end in time is killed', t => {
	const {all, started, states, clock} = crew();
	all.want(2);
	const [one, two] = started();
	one?.ready();
	two?.ready();
	all.want(1);
	t.deepEqual(states(), ['1 ready', '2 draining']);
	t.deepEqual([one?.told, two?.told], [[], ['drain']]);
	clock.advance(44_000);
	t.deepEqual(two?.told, ['drain']);
	clock.advance(1000);
	t.deepEqual(two?.told, ['drain', 'kill']);
	two?.end(false);
	t.deepEqual(states(), ['1 ready']);
	t.is(all.report().restarts, 0);
	clock.advance(100_000);
	t.deepEqual(started().length, 0);
});

test('workers are replaced one by one: a new one is ready before an old one drains', t => {
	const {all, started, states} = crew();
	all.want(2);
	const [one, two] = started();
	one?.ready();
	two?.ready();
	all.restart('r1', 1);
	all.restart('r1', 1);
	t.deepEqual(states(), ['1 ready', '2 ready', '3 starting']);
	t.deepEqual(all.report().restart, {id: 'r1', left: 2});
	const [three] = started();
	three?.ready();
	t.deepEqual(states(), ['1 draining', '2 ready', '3 ready']);
	one?.end(true);
	t.deepEqual(states(), ['2 ready', '3 ready', '4 starting']);
	const [four] = started();
	four?.ready();
	two?.end(true);
	t.deepEqual(states(), ['3 ready', '4 ready']);
	t.deepEqual(all.report().restart, {id: 'r1', left: 0});
	all.restart('r2', 2);
	t.deepEqual(states(), ['3 ready', '4 ready', '5 starting', '6 starting']);
});

test('a new worker that can’t start leaves the old ones where they are', t => {
	const {all, started, states, clock} = crew();
	all.want(1);
	started()[0]?.ready();
	all.restart('r1', 1);
	for (let n = 0; n < 5; n++) {
		started()[0]?.end(false);
		clock.advance(60_000);
	}
	t.is(states()[0], '1 ready');
	t.like(all.report(), {restart: {left: 1}, trouble: {failures: 4}});
});

test('a crew that stops drains all, starts none, and resolves when the last is gone', async t => {
	const {all, started, clock} = crew();
	all.want(2);
	const [one, two] = started();
	one?.ready();
	const stopped = all.stop();
	t.deepEqual([one?.told, two?.told], [['drain'], ['drain']]);
	one?.end(true);
	two?.end(false);
	await stopped;
	clock.advance(100_000);
	t.deepEqual(started(), []);
	await crew().all.stop();
});
