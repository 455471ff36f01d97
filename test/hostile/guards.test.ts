// The list of guards fits the source. That each is needed is shown by `npm run hostile -- guards`, which
// takes them away one by one.
import test from 'ava';
import {caseOf, casesOf, families} from './case.ts';
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

test('without its guard a case fails', async t => {
	const [guard] = guards.filter(({cases}) => cases.includes('pollution/toJson'));
	const complaints = guard && (await withoutGuard(guard));
	t.true(
		Object.values(complaints ?? {}).some(list => list.length > 0),
		JSON.stringify(complaints),
	);
});
