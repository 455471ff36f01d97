import test from 'ava';
import {readProducer} from '#gateway/producer.ts';
import {optionsOf} from '#gateway/restOptions.ts';
import {names} from '#transport/topology.ts';

const named = names();
const offer = (flag: unknown) =>
	readProducer(
		{
			...{queue: named.intake, exchange: named.tasks, key: 'fib', body: Buffer.from('1'), redelivered: false},
			properties: {headers: {'x-warren-spill': flag}},
		},
		named,
	);

test('a task may be let go to other areas, or kept, in a header of both doors', t => {
	for (const [flag, spill] of [
		[true, true],
		['true', true],
		[false, false],
		['false', false],
	] as const) {
		t.like(offer(flag), {kind: 'task', submission: {options: {spill}}});
		t.deepEqual(optionsOf({'warren-spill': String(flag)}), {spill});
	}
	t.is(optionsOf({}), undefined);
});

test('what is no flag is refused, and named', t => {
	for (const flag of ['yes', 1, '']) {
		t.like(offer(flag), {kind: 'bad', failure: {code: 'INVALID_INPUT'}});
		t.throws(() => optionsOf({'warren-spill': String(flag)}), {message: /^The header `Warren-Spill`/});
	}
});
