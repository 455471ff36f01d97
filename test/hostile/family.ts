// The tests of one family: each hostile function of it, beside a good one, in a node of the file's own.
import test from 'ava';
import {type Arena, fight, openArena} from './arena.ts';
import {casesOf} from './case.ts';

/** A machine of two cores can't be fair to more: then the good function would wait for its turn. */
const mostAtOnce = 2;
const leastCases = 8;

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

	// An executor's death is felt by all who are in it, so those fight alone; ava runs serial ones first.
	for (const one of cases.filter(({executor}) => executor !== 'same')) {
		test.serial(`${name}: ${one.does}`, async t => {
			t.deepEqual(await fight(arena, one), []);
		});
	}
	for (const [at, one] of cases.filter(({executor}) => executor === 'same').entries()) {
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
