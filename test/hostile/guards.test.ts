// The list of guards fits the source. That each is needed is shown by `npm run hostile -- guards`, which
// takes them away one by one.
import test from 'ava';
import {caseOf, casesOf, families} from './case.ts';
import type {Guard} from './guard.ts';
import {guards} from './guards.ts';
import {occurrences, withoutGuard} from './mutant.ts';

test('every family has a guard, and every guard its cases', t => {
	t.deepEqual([...new Set(guards.map(({family}) => family))].sort(), families());
	for (const {cases} of guards) for (const id of cases) t.truthy(caseOf(id));
});

test('there are at least ten families, of at least eight cases each', t => {
	t.true(families().length >= 10);
	for (const family of families()) t.true(casesOf(family).length >= 8, family);
});

for (const guard of guards) {
	test(`the guard that ${guard.does} is where the list says`, t => {
		t.true(occurrences(guard).every(count => count === 1));
	});
}

/** A copy is made, and runs twice. */
const patienceMs = 300_000;
const [bare] = guards.filter(({cases}) => cases.includes('pollution/toJson'));

test.serial('without its guard a case fails', async t => {
	t.timeout(patienceMs);
	const {doubt, failed} = await withoutGuard(bare as Guard);
	t.is(doubt, '');
	t.deepEqual(Object.keys(failed), ['pollution/toJson']);
});

test.serial('nothing is shown by a case that fails with all guards, too', async t => {
	t.timeout(patienceMs);
	const {doubt} = await withoutGuard(bare as Guard, 1);
	t.regex(doubt, /^with all guards, too, pollution\/toJson: /);
});
