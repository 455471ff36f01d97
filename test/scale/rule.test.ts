import test from 'ava';
import fc from 'fast-check';
import {decide, type Load, type Memory, type ScaleRule} from '#scale/rule.ts';

const seconds = (count: number) => count * 1000;

const usual: ScaleRule = {
	...{min: 0, max: 20, targetWaitMs: seconds(5)},
	cooldown: {upMs: seconds(5), downMs: seconds(60)},
};
const quiet: Load = {
	...{waiting: 0, busy: 0, taken: 0, arrivals: 0, offered: 0, runMs: 200, slots: 4, present: 0},
	idle: true,
};
const busy: Load = {...quiet, idle: false};

/** Looks every two seconds at a load, and does what the rule says; gives the numbers that were wanted. */
function watch(loads: Iterable<Load>, rule: ScaleRule = usual, start = 0) {
	let wanted = start;
	let memory: Memory | undefined;
	let now = 0;
	const path = [wanted];
	const whys: string[] = [];
	for (const load of loads) {
		const decision = decide(rule, load, {wanted, memory, now});
		({workers: wanted, memory} = decision);
		whys.push(decision.why);
		if (wanted !== path.at(-1)) path.push(wanted);
		now += seconds(2);
	}
	return {path, whys, wanted, memory, now};
}

const repeat = (load: Load, looks: number) => Array.from({length: looks}, () => load);

const loads = fc.record({
	waiting: fc.nat(100_000),
	busy: fc.nat(1000),
	taken: fc.double({min: 0, max: 1000, noNaN: true}),
	arrivals: fc.double({min: 0, max: 10_000, noNaN: true}),
	offered: fc.double({min: 0, max: 1000, noNaN: true}),
	runMs: fc.option(fc.double({min: 0, max: 1_200_000, noNaN: true}), {nil: undefined}),
	slots: fc.integer({min: 1, max: 256}),
	present: fc.nat(50),
	idle: fc.boolean(),
});
const rules = fc
	.record({
		bounds: fc.tuple(fc.nat(20), fc.integer({min: 1, max: 50})),
		targetWaitMs: fc.integer({min: 100, max: 600_000}),
		upMs: fc.nat(30_000),
		downMs: fc.nat(300_000),
	})
	.map(({bounds: [a, b], targetWaitMs, upMs, downMs}) => ({
		...{min: Math.min(a, b), max: Math.max(a, b), targetWaitMs},
		cooldown: {upMs, downMs},
	}));

test('from zero it goes at the first task, and waits for no cooldown', t => {
	const patient = {...usual, cooldown: {upMs: seconds(300), downMs: seconds(60)}};
	const one = {...busy, waiting: 1};
	t.deepEqual(watch([one, ...repeat(quiet, 40), one], patient).path, [0, 1, 0, 1]);
});

test('a steady load gets what keeps up with it at 80 % of the slots', t => {
	// 70 a second of 200 ms each are 14 slots, or 3.5 workers.
	const {path} = watch(repeat({...busy, offered: 14, busy: 14}, 100));
	t.deepEqual(path, [0, 5]);
});

test('a backlog gets what starts all of it within the target', t => {
	// A worker starts 4 at once and 20 a second: 104 in five seconds.
	const {workers, why} = decide(usual, {...busy, waiting: 1000}, {wanted: 1, memory: undefined, now: 0});
	t.is(workers, 10);
	t.is(why, '1000 wait, 0 of 0 slots run, 0/s come, 200ms each; a worker starts 104 within 5s: needed 10');
});

test('long tasks get a slot each', t => {
	const {workers} = decide(
		usual,
		{...busy, waiting: 9, busy: 4, runMs: seconds(600), present: 1},
		{wanted: 1, memory: undefined, now: 0},
	);
	t.is(workers, 4);
});

test('while nobody knows how long tasks take it doubles at most', t => {
	const unknown: Load = {...busy, waiting: 1000, runMs: undefined};
	const sizes = [0, 1, 2, 4].map(
		present => decide(usual, {...unknown, present}, {wanted: present, memory: undefined, now: 0}).workers,
	);
	t.deepEqual(sizes, [1, 2, 4, 8]);
});

test('what was needed within the cooldown is not taken away, and then at once', t => {
	const peak = watch(repeat({...busy, offered: 14, busy: 14}, 2));
	const least = {...busy, offered: 1, busy: 1, present: 5};
	let {memory, wanted} = peak;
	const downAt = [];
	for (let now = peak.now; now < seconds(120); now += seconds(2)) {
		const decision = decide(usual, least, {wanted, memory, now});
		if (decision.workers < wanted) downAt.push(now);
		({workers: wanted, memory} = decision);
	}
	t.deepEqual(downAt, [seconds(2) + usual.cooldown.downMs]);
	t.is(wanted, 1);
});

test('a decider that is new takes nothing away before it has looked for a whole cooldown', t => {
	const {path} = watch(repeat(quiet, 30), usual, 7);
	t.deepEqual(path, [7]);
	t.deepEqual(watch(repeat(quiet, 32), usual, 7).path, [7, 0]);
});

test('slots that are taken stay, whatever the formula makes of how long tasks take', t => {
	// It believes that they are short, which they were: 0.3 of a worker. But 8 slots of 12 are taken.
	const load: Load = {...busy, busy: 8, taken: 7.9, offered: 1.25, runMs: 50, present: 3};
	const {path, whys} = watch(repeat(load, 100), usual, 3);
	t.deepEqual(path, [3]);
	t.regex(whys.at(-1) ?? '', /enough 1, but 7.9 slots are taken$/);
	t.deepEqual(watch(repeat({...load, taken: 7}, 100), usual, 3).path, [3, 2]);
});

test('it says what it saw, what it did and why', t => {
	const {whys} = watch([{...busy, waiting: 1}, quiet], {...usual, max: 1});
	t.deepEqual(whys, [
		'1 wait, 0 of 0 slots run, 0/s come, 200ms each; a worker starts 104 within 5s: needed 1 (the most that is allowed)',
		'nothing waits, runs or comes; 0 there: enough 0, but not 2s ago',
	]);
});

test('whatever it sees, it stays within its bounds', t => {
	fc.assert(
		fc.property(rules, fc.array(loads, {maxLength: 30}), fc.nat(100), (rule, seen, start) => {
			let wanted = start;
			let memory: Memory | undefined;
			for (const [at, load] of seen.entries()) {
				const before = wanted;
				const decision = decide(rule, load, {wanted, memory, now: at * 2000});
				({workers: wanted, memory} = decision);
				// It takes a person's number back into its bounds; its own never leave them.
				t.true(wanted === before || (wanted >= rule.min && wanted <= rule.max));
			}
		}),
	);
});

test('more that waits never means fewer workers', t => {
	const moments = fc.record({wanted: fc.nat(50), past: fc.array(loads, {maxLength: 10})});
	fc.assert(
		fc.property(rules, loads, moments, fc.nat(100_000), (rule, load, {wanted, past}, more) => {
			const {memory, now} = watch(past, rule, wanted);
			const at = (waiting: number) =>
				decide(rule, {...load, idle: false, waiting}, {wanted, memory, now}).workers;
			t.true(at(load.waiting + more) >= at(load.waiting));
		}),
	);
});

test('under a load that stays as it is it turns never, and comes to rest', t => {
	fc.assert(
		fc.property(rules, loads, fc.nat(60), (rule, load, start) => {
			const looks = Math.ceil((2 * (rule.cooldown.downMs + rule.cooldown.upMs)) / 2000) + 20;
			const {path, wanted, memory, now} = watch(repeat(load, looks), rule, start);
			const rises = path.slice(1).map((workers, at) => workers > (path[at] as number));
			t.true(new Set(rises).size <= 1, `it turned: ${path.join(', ')}`);
			t.is(decide(rule, load, {wanted, memory, now}).workers, wanted);
		}),
		{numRuns: 60},
	);
});

test('under a load that wavers by a twentieth it never goes up again once it went down', t => {
	const wave = fc.array(fc.double({min: 0.95, max: 1.05, noNaN: true}), {minLength: 20, maxLength: 150});
	fc.assert(
		fc.property(
			rules,
			fc.double({min: 0.1, max: 400, noNaN: true}),
			wave,
			fc.nat(60),
			(rule, slots, list, start) => {
				const seen = list.map(share => ({
					...busy,
					busy: slots * share,
					taken: slots,
					offered: slots * share,
				}));
				const {path} = watch(seen, rule, start);
				const fall = path.findIndex((workers, at) => at > 0 && workers < (path[at - 1] as number));
				const after = fall < 0 ? [] : path.slice(fall);
				t.deepEqual(
					after,
					after.toSorted((a, b) => b - a),
					`it went ${path.join(', ')}`,
				);
			},
		),
		{numRuns: 300},
	);
});
