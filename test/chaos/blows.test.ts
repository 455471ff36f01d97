// What counts as a blow that bit, and in which order faults come.
import test from 'ava';
import type {TaskView} from '#contract/task.ts';
import {type Blow, report, sequence, toothless} from './blows.ts';
import {seeded} from './dice.ts';
import {faultNames, oneServer} from './faults.ts';

const blow: Blow = {fault: 'kill-worker', what: 'worker 1', missed: null, at: 1000, until: 2000};
const open = {createdAt: 900, endedAt: 2500} as TaskView;
const over = {createdAt: 100, endedAt: 900} as TaskView;
const some = <T>(count: number, list: Iterator<T>): T[] =>
	Array.from({length: count}, () => list.next().value as T);

test('a blow that caught a task bit, unless it says itself that it missed', t => {
	t.like(report(blow, [over, open]), {missed: null, healMs: 500});
	t.like(report({...blow, missed: 'there was none'}, [open]), {missed: 'there was none', healMs: 500});
});

test('a blow while no task was open is a miss', t => {
	t.like(report(blow, [over]), {missed: 'no task was open', healMs: null});
});

test('a fault none of whose blows bit is named, and one that bit at its second try is not', t => {
	const missed = {...report(blow, [open]), missed: 'there was none'};
	const blows = [missed, {...missed, fault: 'purge-queue'} as const, report(blow, [open])];

	t.deepEqual(toothless(['kill-worker', 'purge-queue', 'kill-broker'], blows), [
		'purge-queue',
		'kill-broker',
	]);
});

test('mixed faults come each once before one comes again, in the order of their seed', t => {
	const order = (seed: number) => some(100, sequence(oneServer, true, seeded(seed)));
	const first = order(1).slice(0, oneServer.length);

	t.deepEqual([...first].sort(), [...oneServer].sort());
	t.deepEqual(order(1), order(1));
	t.notDeepEqual(order(2), order(1));
	t.notDeepEqual(order(1).slice(oneServer.length, 2 * oneServer.length), first);
});

test('faults that are not mixed come in turn', t => {
	const [first = 'kill-worker', second = 'kill-broker'] = faultNames;

	t.deepEqual(some(3, sequence([first, second], false, seeded(1))), [first, second, first]);
});
