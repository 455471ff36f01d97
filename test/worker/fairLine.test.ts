import test from 'ava';
import fc from 'fast-check';
import {type Class, classes, defaultClass, weights} from '#actors/lane.ts';
import {createFairLine, type FairLine} from '#worker/fairLine.ts';

const line = () => createFairLine<Class>();
const fill = (of: FairLine<Class>, priority: Class, count: number) => {
	for (let n = 0; n < count; n++) of.push(priority, priority);
};
const takeAll = (of: FairLine<Class>): Class[] => {
	const taken: Class[] = [];
	for (let one = of.take(); one !== undefined; one = of.take()) taken.push(one);
	return taken;
};

test('of what waits in all classes each is taken as its weight says', t => {
	const here = line();
	for (const priority of classes) fill(here, priority, 200);
	const round = Array.from({length: 42}, () => here.take());
	const count = (priority: Class) => round.filter(one => one === priority).length;
	t.deepEqual(
		{high: count('high'), normal: count('normal'), low: count('low')},
		{high: 32, normal: 8, low: 2},
	);
});

test('what comes first in high goes before a backlog of low, however long that was alone', t => {
	const here = line();
	fill(here, 'low', 500);
	for (let n = 0; n < 100; n++) here.take();
	fill(here, 'high', 20);
	const taken = takeAll(here);
	t.is(taken.slice(0, 21).filter(one => one === 'high').length, 20);
	t.is(taken.length, 420);
});

test('of one class the first to come is the first to go, and nothing is lost by a clearing', t => {
	const here = createFairLine<number>();
	for (const one of [1, 2, 3]) here.push(defaultClass, one);
	t.deepEqual([here.take(), here.take()], [1, 2]);
	here.push('low', 4);
	t.deepEqual(
		here.clear().sort((a, b) => a - b),
		[3, 4],
	);
	t.is(here.take(), undefined);
});

const step = fc.oneof(
	fc.record({push: fc.constantFrom(...classes), count: fc.integer({min: 1, max: 40})}),
	fc.record({take: fc.integer({min: 1, max: 60})}),
);

test('whatever comes and goes, no class waits for more turns of another than the weights allow', t => {
	const turns = (mine: Class, other: Class) => Math.ceil(weights[other] / weights[mine]) + 1;
	const property = fc.property(fc.array(step, {maxLength: 60}), steps => {
		const here = line();
		const waiting = {high: 0, normal: 0, low: 0};
		// Of each class that waits: how often each other was taken since it was its turn, or since it came.
		const passed = {high: {high: 0, normal: 0, low: 0}, normal: {...waiting}, low: {...waiting}};
		for (const one of steps) {
			if ('push' in one) {
				if (waiting[one.push] === 0) passed[one.push] = {high: 0, normal: 0, low: 0};
				waiting[one.push] += one.count;
				fill(here, one.push, one.count);
				continue;
			}
			for (let n = 0; n < one.take; n++) {
				const taken = here.take();
				if (taken === undefined) break;
				waiting[taken]--;
				passed[taken] = {high: 0, normal: 0, low: 0};
				for (const mine of classes) {
					if (mine === taken || waiting[mine] === 0) continue;
					passed[mine][taken]++;
					if (passed[mine][taken] > turns(mine, taken)) return false;
				}
			}
		}
		const left = waiting.high + waiting.normal + waiting.low;
		return takeAll(here).length === left;
	});
	t.notThrows(() => fc.assert(property, {numRuns: 500}));
});
