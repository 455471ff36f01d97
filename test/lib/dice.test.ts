import test from 'ava';
import {createDice} from '#lib/dice.ts';

test('every fraction is in [0, 1), over many fillings of the pool, and hardly any comes twice', t => {
	const dice = createDice();
	const drawn = Array.from({length: 10_000}, dice);
	t.true(drawn.every(one => one >= 0 && one < 1));
	// 10,000 of 2^32: on average 0.01 pairs. A pool that is handed out twice would make 1,024 of them.
	t.true(new Set(drawn).size > 9_990);
});

test('two of them draw differently', t => {
	const [one, other] = [createDice(), createDice()];
	t.notDeepEqual(Array.from({length: 8}, one), Array.from({length: 8}, other));
});
