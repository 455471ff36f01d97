// Workers that stand still: played ones, and a process that is really stopped.
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {launcher} from '#supervisor/child.ts';
import {createCrew} from '#supervisor/crew.ts';
import {testAmbient} from '../harness/ambient.ts';
import {arrivals} from '../harness/arrivals.ts';
import {createFakeClock} from '../harness/clock.ts';
import {crew} from './crew.ts';

const second = 1000;

test('a worker that answers nothing for half a minute is killed, and another is started once it is gone', t => {
	const {all, clock, started, states, ambient} = crew();
	all.want(2);
	const [one, two] = started();
	for (const worker of [one, two]) worker?.ready();
	clock.advance(60 * second);
	if (two) two.still = true;
	clock.advance(30 * second);
	t.deepEqual(two?.told, []);
	clock.advance(second);
	t.deepEqual([one?.told, two?.told], [[], ['kill']]);
	clock.advance(60 * second);
	t.deepEqual(two?.told, ['kill'], 'once');
	t.deepEqual(started(), []);
	two?.end(false);
	t.deepEqual(states(), ['1 ready', '3 starting']);
	t.like(all.report(), {restarts: 1, trouble: null});
	t.like(
		ambient.lines.find(({msg}) => msg === 'a worker ended; another is started'),
		{worker: 'w2', why: 'stood still for 30 s, and was killed', failures: 0},
	);
});

test('a worker that is late with its answers is not counted on until it answers again', t => {
	const {all, clock, started, states} = crew();
	all.want(2);
	const [one, two] = started();
	for (const worker of [one, two]) worker?.ready();
	if (two) two.still = true;
	clock.advance(3 * second);
	t.deepEqual(states(), ['1 ready', '2 ready']);
	clock.advance(second);
	t.deepEqual(states(), ['1 ready', '2 starting']);
	t.deepEqual(started(), [], 'it may come back');
	clock.advance(20 * second);
	if (two) two.still = false;
	clock.advance(second);
	t.deepEqual(states(), ['1 ready', '2 ready']);
	clock.advance(100 * second);
	t.deepEqual(two?.told, []);
	t.is(all.report().restarts, 0);
});

test('workers that stand still soon after their start are a crash loop', t => {
	const {all, clock, started} = crew();
	all.want(1);
	for (let failures = 1; failures <= 3; failures++) {
		clock.advance(all.report().trouble ? 4 * second : 0);
		const [one] = started();
		if (one) one.still = true;
		if (failures === 2) one?.ready();
		clock.advance(31 * second);
		t.deepEqual(one?.told, ['kill']);
		one?.end(false);
		t.like(all.report().trouble, {why: 'stood still for 30 s, and was killed', failures});
	}
});

test('a supervisor that stood still itself kills nobody, however often it does', t => {
	const {all, clock, started, states} = crew();
	all.want(2);
	const workers = started();
	for (const worker of workers) worker.ready();
	for (let n = 0; n < 50; n++) {
		// What was answered meanwhile is read after the timers that are due.
		for (const worker of workers) worker.still = true;
		clock.leap(120 * second);
		for (const worker of workers) worker.still = false;
		clock.leap(second);
	}
	t.deepEqual(
		workers.map(({told}) => told),
		[[], []],
	);
	t.deepEqual(states(), ['1 ready', '2 ready']);
});

test('one that drains by somebody’s word and stands still is killed; one that this supervisor drains has its time', t => {
	const {all, clock, started, played, states} = crew();
	all.want(2);
	const [one, two] = started();
	for (const worker of [one, two]) worker?.ready();
	one?.drains();
	started()[0]?.ready();
	all.want(1);
	t.deepEqual(states(), ['1 draining', '2 ready', '3 draining']);
	const [three] = played.slice(2);
	const before = three?.asked;
	for (const worker of [one, three]) if (worker) worker.still = true;
	clock.advance(31 * second);
	t.deepEqual([one?.told, three?.told], [['kill'], ['drain']]);
	t.is(three?.asked, before, 'it hears nothing any more');
	one?.end(false);
	t.deepEqual(states(), ['2 ready', '3 draining']);
	t.is(all.report().restarts, 0, 'it had been replaced when it began to drain');
});

test('a process that is stopped is replaced, and the one beside it left alone', async t => {
	const clock = createFakeClock();
	const ambient = testAmbient(clock);
	const main = fileURLToPath(new URL('./kept.ts', import.meta.url));
	const launch = launcher([], main);
	const seen = arrivals<string>('words of workers');
	const all = createCrew(ambient, {
		...{supervisor: 's1', drainTimeoutMs: 30_000, changed() {}},
		launch(supervisor, events) {
			const child = launch(supervisor, {
				...events,
				ready(worker) {
					events.ready(worker);
					seen.push(`${child.pid} ready`);
				},
				answers() {
					events.answers();
					seen.push(`${child.pid} answers ${answers++}`);
				},
				ended(clean, why) {
					events.ended(clean, why);
					seen.push(`${child.pid} ended`);
				},
			});
			return child;
		},
	});
	let answers = 0;
	t.teardown(() => all.stop());
	all.want(2);
	const [stopped = 0, other = 0] = all.report().workers.map(({pid}) => pid);
	for (const pid of [stopped, other]) await seen.find(word => word === `${pid} ready`);

	process.kill(stopped, 'SIGSTOP');
	// If it was not replaced it would not drain either.
	t.teardown(() => all.report().workers.some(({pid}) => pid === stopped) && process.kill(stopped, 'SIGKILL'));
	for (let n = 0; n < 31; n++) {
		const before = answers;
		clock.advance(second);
		// The other one has answered before it is asked again.
		await seen.find(word => word.startsWith(`${other} answers`) && Number(word.split(' ')[2]) >= before);
	}

	await seen.find(word => word === `${stopped} ended`);
	const third = all.report().workers.find(({pid}) => pid !== other)?.pid;
	await seen.find(word => word === `${third} ready`);
	t.deepEqual(
		all.report().workers.map(({pid, worker, state}) => [pid, worker, state]),
		[
			[other, `w${other}`, 'ready'],
			[third, `w${third}`, 'ready'],
		],
	);
});
