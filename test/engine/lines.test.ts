// Lines of a chunk in a sandbox: told of together, limited one by one.
import test from 'ava';
import {buildOf, engineOf, opened, runLines} from './world.ts';

test('a line is told its number in the chunk, and what the others are told', async t => {
	const code = 'export default (input, {index, attempt, function: name}) => [input, index, attempt, name];';
	const sandbox = await opened(engineOf(t), await buildOf(code));
	t.deepEqual((await runLines(sandbox, ['a', 'b'])).outcomes, [
		['a', 0, 1, 'fn'],
		['b', 1, 1, 'fn'],
	]);
});

test('a line that throws and one whose result is none fail alone', async t => {
	const code =
		"export default x => { if (x === 'throw') throw new Error('no'); return x === 'none' ? () => 1 : x; };";
	const sandbox = await opened(engineOf(t), await buildOf(code));
	const {outcomes} = await runLines(sandbox, [1, 'throw', 2, 'none', 3]);
	t.deepEqual(outcomes, [1, 'FUNCTION_THREW', 2, 'RESULT_NOT_SERIALIZABLE', 3]);
	t.false(sandbox.spent);
});

test('what lines print is told once, in its order', async t => {
	const code =
		"export default x => { console.log('line', x); if (x === 1) throw new Error('no'); return x; };";
	const sandbox = await opened(engineOf(t), await buildOf(code));
	t.deepEqual((await runLines(sandbox, [0, 1, 2])).printed, ['line 0', 'line 1', 'line 2']);
	t.deepEqual((await runLines(sandbox, [3])).printed, ['line 3']);
});

test('what a line has left behind ends the sandbox after it', async t => {
	const code = 'export default x => { if (x === 2) setTimeout(() => {}, 60_000); return x; };';
	const sandbox = await opened(engineOf(t), await buildOf(code));
	t.deepEqual((await runLines(sandbox, [1, 2, 3])).outcomes, [1, 2, undefined]);
	t.true(sandbox.spent);
});

test('a line that takes all memory is named, and none behind it', async t => {
	const code = `export default x => {
		const kept = [];
		while (x === 1) kept.push(new Array(10_000).fill(x));
		return x;
	};`;
	const sandbox = await opened(engineOf(t), await buildOf(code, {policy: {memoryMb: 16}}));
	const {outcomes} = await runLines(sandbox, [0, 1, 2]);
	t.is(outcomes[1], 'MEMORY_LIMIT');
	t.is(outcomes[2], undefined);
});

test('slow lines have their limits each, not together', async t => {
	const code = 'export default ms => new Promise(done => setTimeout(done, ms, ms));';
	const sandbox = await opened(engineOf(t), await buildOf(code));
	// Together more than one may have; each much less, also where this machine is busy.
	const inputs = Array.from({length: 14}, () => 150);
	t.deepEqual((await runLines(sandbox, inputs, {wallMs: 2000})).outcomes, inputs);
});
