// Where suspects run, with processes that the test plays and time that stands still until it is moved.
import test, {type ExecutionContext} from 'ava';
import type {ChildState} from '#worker/executorChild.ts';
import {Job} from '#worker/executorJob.ts';
import {createQuarantine, type QuarantineOptions} from '#worker/executorQuarantine.ts';
import {createSuspicion} from '#worker/executorSuspicion.ts';
import {buildOf} from '../engine/world.ts';
import {createFakeClock} from '../harness/clock.ts';
import {itemOf} from './pool.ts';

const build = await buildOf('export default 1;');
const suspect = () => new Job(build, [itemOf(1)], {started() {}, settled() {}}, {suspect: true});

class Cell {
	state: ChildState = 'starting';
	readonly jobs = new Map<number, Job>();
	readonly had: Job[] = [];

	assign(job: Job): void {
		this.jobs.set(this.had.push(job), job);
	}

	retire(): void {
		this.state = 'retiring';
	}
}

function world(t: ExecutionContext, options: Partial<QuarantineOptions<Cell>> = {}) {
	const clock = createFakeClock();
	const started: Cell[] = [];
	const quarantine = createQuarantine<Cell>(clock, {
		spawn() {
			const cell = new Cell();
			started.push(cell);
			return cell;
		},
		...{spare: true, calm: () => true, isOld: () => false, ...options},
	});
	const last = () => started.at(-1) ?? t.fail('Expected a cell');
	return {
		...{clock, started, quarantine},
		/** The cell that was started last. */
		last,
		ready(): void {
			last().state = 'ready';
			quarantine.next();
		},
		/** What is inside a cell ends. */
		end(): void {
			for (const job of last().jobs.values()) job.settle(0, {usage: null});
			last().jobs.clear();
			quarantine.next();
		},
		die(cell = last()): boolean {
			cell.state = 'dead';
			const unexpected = quarantine.ended(cell);
			quarantine.next();
			return unexpected;
		},
	};
}

test('a spare is started when nobody waits for an executor, and not before', t => {
	let calm = false;
	const {quarantine, started} = world(t, {calm: () => calm});
	quarantine.next();
	t.is(started.length, 0);
	calm = true;
	quarantine.next();
	quarantine.next();
	t.is(started.length, 1);
	calm = false;
	quarantine.next();
	t.deepEqual(quarantine.cells, started, 'what is there stays');
});

test('a suspect is inside the spare as soon as it is known', t => {
	const all = world(t);
	all.quarantine.next();
	all.ready();
	const job = suspect();
	all.quarantine.add([job]);
	t.deepEqual(all.last().had, [job]);
	t.is(all.started.length, 1);
});

test('suspects run one at a time; what ran them goes with the last, and a new spare comes', t => {
	const all = world(t);
	const [first, second] = [suspect(), suspect()];
	all.quarantine.next();
	const [spare] = all.started;
	all.quarantine.add([first, second]);
	t.deepEqual(all.last().had, [], 'it is not ready yet');
	all.ready();
	t.deepEqual(all.last().had, [first]);
	all.end();
	t.deepEqual(all.last().had, [first, second]);
	t.is(all.started.length, 1);
	all.end();
	t.is(spare?.state, 'retiring');
	t.is(all.started.length, 2);
	t.deepEqual(all.quarantine.cells, [all.last(), spare] as Cell[], 'who leaves is still looked after');
	t.false(all.die(spare), 'it was told to go');
	t.deepEqual(all.quarantine.cells, [all.last()]);
});

test('a suspect that ended while it waited is not run, and its spare stays', t => {
	const all = world(t);
	const job = suspect();
	all.quarantine.add([job]);
	job.settle(0, {usage: null});
	all.ready();
	t.deepEqual(all.last().had, []);
	t.is(all.last().state, 'ready');
	t.is(all.started.length, 1);
});

test('a spare that dies unused comes back at once, and later and later if that goes on', t => {
	const all = world(t);
	all.quarantine.next();
	const waits: number[] = [];
	for (let death = 0; death < 12; death++) {
		const before = all.started.length;
		t.true(all.die());
		let waited = 0;
		for (; all.started.length === before; waited += 100) all.clock.advance(100);
		waits.push(waited);
	}
	t.deepEqual(waits, [0, 0, 0, 0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
	all.ready();
	all.quarantine.add([suspect()]);
	all.end();
	all.die();
	t.is(all.started.length, 15, 'one that was of use ends the waiting');
});

test('suspects that take it down, one after the other, wait for no longer than its start', t => {
	const all = world(t);
	const suspects = Array.from({length: 10}, suspect);
	all.quarantine.add(suspects);
	for (const [at, job] of suspects.entries()) {
		t.is(all.started.length, at + 1);
		all.ready();
		t.deepEqual(all.last().had, [job]);
		t.true(all.die());
	}
	t.is(all.started.length, suspects.length + 1, 'and a spare comes after them');
	t.is(all.clock.pending(), 0);
});

test('once one is found guilty those of the same death are released, and no others', t => {
	const all = world(t);
	const suspicion = createSuspicion(3, true);
	const same = [1, 2, 3].map(
		input => new Job(build, [itemOf(input)], {started() {}, settled() {}}, {suspect: true, suspicion}),
	);
	const other = suspect();
	all.quarantine.add([...same, other]);
	all.ready();
	t.deepEqual(all.quarantine.release(), [], 'nobody is guilty yet');
	same[0]?.settle(0, {usage: null, deaths: 1});
	all.die();
	const released = all.quarantine.release();
	t.deepEqual(
		released.map(job => [job.suspect, job.items]),
		same.slice(1).map(job => [false, job.items]),
	);
	t.deepEqual(all.quarantine.waiting, [other]);
	all.ready();
	t.deepEqual(all.last().had, [other]);
});

test('no suspect runs in what an earlier one made old', t => {
	const all = world(t, {isOld: ({had}) => had.length === 2});
	const suspects = [suspect(), suspect(), suspect()];
	all.quarantine.add(suspects);
	all.ready();
	all.end();
	const [old] = all.started;
	all.end();
	t.is(old?.state, 'retiring');
	t.deepEqual(old?.had, suspects.slice(0, 2));
	all.ready();
	t.deepEqual(all.last().had, suspects.slice(2));
});

test('where no spare is kept an executor is started for suspects, and goes with them', t => {
	const all = world(t, {spare: false});
	all.quarantine.next();
	t.is(all.started.length, 0);
	all.quarantine.add([suspect()]);
	all.ready();
	all.end();
	t.is(all.last().state, 'retiring');
	t.false(all.die());
	t.is(all.started.length, 1);
	t.deepEqual(all.quarantine.cells, []);
});
