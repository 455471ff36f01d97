import test from 'ava';
import {type Gauge, gauge, type Look, type WorkerLook} from '#scale/gauge.ts';

const worker = (more: Partial<WorkerLook> = {}): WorkerLook => ({
	...{id: 'a', takes: true, slots: 4, busy: 0, busyMs: 0, ended: 0, slotMs: 0, startedAt: 0},
	...more,
});

function seen(...looks: Look[]): Gauge {
	let now: Gauge | undefined;
	for (const look of looks) now = gauge(now, look);
	return now as Gauge;
}

test('what comes is what is open more than before, and what ended meanwhile', t => {
	const {load} = seen(
		{at: 0, open: 10, workers: [worker()]},
		{at: 2000, open: 14, workers: [worker({busy: 4, ended: 6, slotMs: 1200})]},
	);
	t.like(load, {waiting: 10, busy: 4, arrivals: 5, runMs: 200, slots: 4, present: 1, idle: false});
});

test('at a constant rate it says that rate, however long it looked', t => {
	const looks = Array.from({length: 200}, (_, n) => ({
		at: n * 2000,
		open: 3,
		workers: [worker({busy: 3, ended: n * 20, slotMs: n * 6000})],
	}));
	const {load} = seen(...looks);
	t.is(Math.round(load.arrivals * 1000), 10_000);
	t.is(Math.round(load.runMs ?? 0), 300);
	t.is(Math.round(load.offered * 100), 300, 'ten a second of 300 ms take three slots');
});

test('what a worker did before anybody looked is not taken for now', t => {
	const {load} = seen(
		{at: 0, open: 0, workers: [worker({ended: 1_000_000, slotMs: 1e9})]},
		{at: 2000, open: 0, workers: [worker({ended: 1_000_000, slotMs: 1e9})]},
	);
	t.like(load, {arrivals: 0, runMs: undefined, idle: true});
});

test('all that a worker did counts that has started since the last look, and none of one that is back', t => {
	const before = {at: 10_000, open: 5, workers: []};
	const young = worker({ended: 5, slotMs: 500, startedAt: 11_000});
	t.like(seen(before, {at: 12_000, open: 0, workers: [young]}).load, {runMs: 100, arrivals: 0});
	const old = worker({ended: 5, slotMs: 500, startedAt: 1000});
	t.like(seen(before, {at: 12_000, open: 0, workers: [old]}).load, {runMs: undefined});
});

test('many short ones that are over do not outvote few long ones', t => {
	let [ended, slotMs] = [0, 0];
	const looks = Array.from({length: 30}, (_, n) => {
		const isShort = n < 10;
		ended += isShort ? 1000 : 10;
		slotMs += isShort ? 20_000 : 2000;
		return {at: n * 2000, open: 4, workers: [worker({busy: 1, ended, slotMs})]};
	});
	t.is(Math.round(seen(...looks.slice(0, 10)).load.runMs ?? 0), 20);
	t.true((seen(...looks.slice(0, 20)).load.runMs ?? 0) > 120);
	t.true((seen(...looks).load.runMs ?? 0) > 170);
});

test('slots that are taken now and then count on average', t => {
	const looks = Array.from({length: 100}, (_, n) => ({
		at: n * 2000,
		open: 4,
		workers: [worker({busy: n % 2 === 0 ? 4 : 0})],
	}));
	t.is(Math.round(seen(...looks).load.taken), 2);
});

test('how long tasks took is remembered while there are none', t => {
	const first: Look[] = [
		{at: 0, open: 0, workers: [worker()]},
		{at: 2000, open: 0, workers: [worker({ended: 10, slotMs: 2000})]},
	];
	const idle = Array.from({length: 500}, (_, n) => ({at: 4000 + n * 2000, open: 0, workers: []}));
	const {runMs, ...load} = seen(...first, ...idle).load;
	t.is(Math.round(runMs ?? 0), 200);
	t.like(load, {slots: 4, present: 0, idle: true});
});

test('tasks that have run for long tell that they are long, before one of them ends', t => {
	const short: Look[] = [
		{at: 0, open: 0, workers: [worker()]},
		{at: 2000, open: 4, workers: [worker({busy: 4, ended: 10, slotMs: 200})]},
	];
	const long = Array.from({length: 60}, (_, n) => ({
		at: 4000 + n * 2000,
		open: 4,
		workers: [worker({busy: 4, busyMs: 4 * (n + 1) * 2000, ended: 10, slotMs: 200})],
	}));
	t.true((seen(...short, ...long).load.runMs ?? 0) > 100_000);
});

test('a worker that drains runs what it has, and counts for no more', t => {
	const {load} = seen({at: 0, open: 2, workers: [worker(), worker({id: 'b', takes: false, busy: 2})]});
	t.like(load, {present: 1, busy: 2, waiting: 0});
});

test('a mass of tasks that is cancelled is no arrival', t => {
	const {load} = seen({at: 0, open: 1000, workers: [worker()]}, {at: 2000, open: 0, workers: [worker()]});
	t.like(load, {arrivals: 0, waiting: 0, idle: true});
});
