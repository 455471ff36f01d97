// The functions as one of several servers knows them: a look at the store that was slow must not undo what
// was learned since.
import test from 'ava';
import {createFunctions, type Functions} from '#runtime/functions.ts';
import type {Store} from '#store/store.ts';
import {testAmbient} from '../harness/ambient.ts';
import {aFunction} from '../store/world.ts';
import {world} from './world.ts';

type Rows = ReturnType<typeof aFunction>[];
type Answer = ((...rows: Rows) => void) & {last: (...rows: Rows) => void};

/** A cache over rows that the test hands out: to the read that has waited longest, or to the last. */
function cache(): {functions: Functions; moved: () => number; answer: Answer} {
	const reads: ((rows: Rows) => void)[] = [];
	let moved = 0;
	const store = {
		shared: true,
		functions: () => new Promise(resolve => reads.push(resolve)),
		version: async () => undefined,
	};
	const functions = createFunctions(
		testAmbient(),
		store as unknown as Store,
		() => {},
		() => {
			moved++;
		},
	);
	const answer = Object.assign((...rows: Rows) => reads.shift()?.(rows), {
		last: (...rows: Rows) => reads.pop()?.(rows),
	});
	return {functions, moved: () => moved, answer};
}

const revision = (n: number, state: 'active' | 'paused' = 'active', createdAt = 1) =>
	aFunction('fib', {revision: n, state, createdAt});

test('a list that was read before a function was paused does not resume it', async t => {
	const {functions, answer} = cache();
	const first = functions.load();
	answer(revision(1));
	await first;
	const news = functions.load();
	answer(revision(2, 'paused'));
	await news;
	const stale = functions.load();
	answer(revision(1));
	await stale;
	t.deepEqual([...functions.paused], ['fib']);
});

test('a function that was removed and deployed again is learned, though it counts its revisions anew', async t => {
	const {functions, answer} = cache();
	const first = functions.load();
	answer(revision(7));
	await first;
	const again = functions.load();
	answer(revision(1, 'active', 2));
	await again;
	t.is(functions.get('fib')?.row.revision, 1);
	const stale = functions.load();
	answer(revision(7));
	await stale;
	t.is(functions.get('fib')?.row.createdAt, 2);
});

test('a function that was removed and deployed while a list without it was on its way stays known', async t => {
	const {functions, answer} = cache();
	const first = functions.load();
	answer(revision(1));
	await first;
	const [list, one] = [functions.load(), functions.current('fib')];
	// The read that was asked for later is answered first.
	answer.last(revision(1, 'active', 2));
	await one;
	answer();
	await list;
	t.is(functions.get('fib')?.row.createdAt, 2);
	const gone = functions.load();
	answer();
	await gone;
	t.is(functions.get('fib'), undefined, 'what was known before the read and is not there was removed');
});

test('the first look moves nothing, later news do', async t => {
	const {functions, answer, moved} = cache();
	const first = functions.load();
	answer(revision(1));
	await first;
	t.is(moved(), 0);
	const next = functions.load();
	answer(revision(2));
	await next;
	t.is(moved(), 1);
});

test('a home that is opened and not started places nothing of what waits', async t => {
	const all = await world(t);
	const node = await all.server({window: 1, durable: true});
	await node.deploy('fib');
	for (const n of [1, 2, 3]) await node.submit('fib', n);
	await node.stop();
	await all.server({id: 'n2', window: 3, started: false});
	await all.quiet();
	t.is((await all.rows()).filter(({placed}) => placed).length, 1);
});
