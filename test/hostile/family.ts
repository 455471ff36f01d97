// The tests of one family: each hostile function of it, beside a good one, in a node of the file's own.
import test from 'ava';
import {type Arena, fight, openArena} from './arena.ts';
import {type Case, casesOf} from './case.ts';

/** A machine of two cores can't be fair to more: then the good function would wait for its turn. */
const mostAtOnce = 2;
const leastCases = 8;

/** An executor's death is felt by all who are in it, and so is who takes all threads; one with a node of its own has a core. */
const isAlone = ({executor, copies, hardRssMb}: Case): boolean =>
	executor !== 'same' || copies > 1 || hardRssMb !== undefined;

export function family(name: string): void {
	const cases = casesOf(name);
	let arena: Arena;
	const free = Array.from({length: mostAtOnce}, () => Promise.resolve());

	test.before(async () => {
		arena = await openArena();
	});
	test.after.always(() => arena.stop());

	test(`${name}: there are at least ${leastCases} cases`, t => {
		t.true(cases.length >= leastCases, `${cases.length} cases`);
	});

	// Ava runs serial ones first.
	for (const one of cases.filter(isAlone)) {
		test.serial(`${name}: ${one.does}`, async t => {
			t.deepEqual(await fight(arena, one), []);
		});
	}
	for (const [at, one] of cases.filter(one => !isAlone(one)).entries()) {
		test(`${name}: ${one.does}`, async t => {
			const lane = at % mostAtOnce;
			const turn = (free[lane] ?? Promise.resolve()).then(() => fight(arena, one));
			free[lane] = turn.then(
				() => {},
				() => {},
			);
			t.deepEqual(await turn, []);
		});
	}
}
