import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {again} from '#lib/clock.ts';
import {createFakeClock} from '../harness/clock.ts';

test('what is done again and again begins anew only after it has ended, and not once it is called off', async t => {
	const clock = createFakeClock();
	const looks: (() => void)[] = [];
	const off = again(clock, 100, () => new Promise<void>(resolve => void looks.push(resolve)));
	t.is(looks.length, 0);
	clock.advance(100);
	clock.advance(1000);
	t.is(looks.length, 1);
	looks[0]?.();
	await turn();
	clock.advance(100);
	t.is(looks.length, 2);
	off();
	looks[1]?.();
	await turn();
	t.is(clock.pending(), 0);
	clock.advance(1000);
	t.is(looks.length, 2);
});
