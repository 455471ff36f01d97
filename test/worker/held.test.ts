import test from 'ava';
import type {Attempt} from '#worker/delivered.ts';
import {createHeld} from '#worker/held.ts';

const copyOf = (task: string) => ({item: {task, attempt: 1, function: 'fib'}}) as Attempt;

test('an attempt is named as long as one of its copies is not over', t => {
	const held = createHeld();
	const named = () => held.list().map(({task}) => task);
	const [first, second, other] = [copyOf('t1'), copyOf('t1'), copyOf('t2')];
	for (const copy of [first, second, other]) held.add(copy);
	held.ended(first);
	t.deepEqual(named(), ['t1', 't2'], 'its other copy may still run');
	held.remove(first);
	t.deepEqual(named(), ['t1', 't2'], 'though the first is gone');
	held.add(first);
	held.ended(first);
	held.remove(second);
	t.deepEqual(named(), ['t2'], 'what is left of it is over');
	t.is(held.size, 2, 'and its message is still in hand');
	held.remove(first);
	t.is(held.size, 1);
});
