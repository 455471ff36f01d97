// What deceives its runner, spoils what it runs on or leaves work behind, as lines of one chunk: each costs itself only.
import test from 'ava';
import {type Arena, fight, openArena} from './arena.ts';
import {caseOf} from './case.ts';

const cases = [
	'leftovers/interval',
	'leftovers/microtasks',
	'leftovers/throwsInMicrotask',
	'leftovers/throwsInTimer',
	'leftovers/timer',
	'neighbours/lateThrow',
	'neighbours/list',
	'neighbours/memoryInList',
	'pollution/call',
	'pollution/everything',
	'pollution/json',
	'pollution/skippedEnd',
	'pollution/spinningRunner',
	'pollution/then',
	'pollution/toJson',
	'pollution/waitsBeyond',
	'stack/deepInput',
];

let arena: Arena;
test.before(async () => {
	arena = await openArena();
});
test.after.always(() => arena.stop());

for (const id of cases) {
	const one = caseOf(id);
	test.serial(`${id}, as lines: ${one.does}`, async t => {
		t.deepEqual(await fight(arena, {...one, together: one.inputs.length}, {asLines: true}), []);
	});
}
