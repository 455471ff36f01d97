import test from 'ava';
import * as fc from 'fast-check';
import {type Plan, plan, type Unit} from '#supervisor/plan.ts';

type Process = {state: Unit['state']; old: boolean};

const start = (): Process => ({state: 'starting', old: false});
const ready = (units: readonly Process[]) => units.filter(({state}) => state === 'ready').length;

/** Does what the plan says; gives what was planned. */
function obey(units: Process[], wanted: number, most: number): Plan<Process> {
	const next = plan(units, wanted, most);
	for (const one of next.drain) one.state = 'draining';
	for (let n = 0; n < next.start; n++) units.push(start());
	return next;
}

/** One thing happens to a process: it gets ready, or it ends. */
function happen(units: Process[], at: number): void {
	const moving = units.filter(({state}) => state !== 'ready');
	const one = moving[at % Math.max(1, moving.length)];
	if (one?.state === 'starting') one.state = 'ready';
	else if (one) units.splice(units.indexOf(one), 1);
}

const size = fc.integer({min: 0, max: 8});

test('whatever happens in whichever order, as many as wanted are there in the end, none of them old', t => {
	fc.assert(
		fc.property(
			size,
			size,
			fc.integer({min: 1, max: 3}),
			fc.array(fc.nat(20), {minLength: 100}),
			(from, to, most, dice) => {
				const units: Process[] = Array.from({length: from}, () => ({state: 'ready', old: true}));
				for (const die of dice) {
					obey(units, to, most);
					happen(units, die);
				}
				obey(units, to, most);
				t.is(units.length, to);
				t.true(units.every(one => one.state === 'ready' && !one.old));
			},
		),
	);
});

test('a rolling restart never has fewer ready than wanted, nor more processes at once than it may', t => {
	fc.assert(
		fc.property(
			fc.integer({min: 1, max: 8}),
			fc.integer({min: 1, max: 3}),
			fc.array(fc.nat(20)),
			(wanted, most, dice) => {
				const units: Process[] = Array.from({length: wanted}, () => ({state: 'ready', old: true}));
				for (const die of dice) {
					obey(units, wanted, most);
					t.true(ready(units) >= wanted);
					t.true(units.length <= wanted + most);
					happen(units, die);
				}
			},
		),
	);
});

test('what is too much drains: what has not started yet, then what came last', t => {
	const units = (['ready', 'ready', 'starting', 'draining'] as const).map(state => ({state, old: false}));
	t.deepEqual(plan(units, 2, 1), {start: 0, drain: [units[2]]});
	t.deepEqual(plan(units, 1, 1), {start: 0, drain: [units[2], units[1]]});
	t.deepEqual(plan(units, 4, 1), {start: 1, drain: []}, 'one that drains does not count');
});

test('a pool that is scaled to nothing while its workers are replaced starts no new ones', t => {
	const units = (['ready', 'ready'] as const).map(state => ({state, old: true}));
	t.deepEqual(plan(units, 0, 2), {start: 0, drain: units});
});
