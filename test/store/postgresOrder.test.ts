import test from 'ava';
import {rowsOf} from '#store/postgres/commit.ts';
import {birth, move} from './world.ts';

test('rows are sent in one order, in which they are locked, whatever order a batch has', t => {
	const births = [
		birth('t4', {key: 'b'}),
		birth('t3', {key: 'a'}),
		birth('t9', {function: 'a'}),
		birth('t2'),
		birth('t1'),
	];
	const moves = ['t8', 't5', 't7', 't6'].map(id => move(id, 1));
	for (const changes of [[...births, ...moves], [...moves, ...births].reverse()]) {
		const rows = rowsOf(changes, body => ({from: 1, length: body.length}));
		t.is(rows.births.map(({task}) => task.id).join(), 't9,t1,t2,t3,t4');
		t.is(rows.moves.map(({task}) => task.id).join(), 't5,t6,t7,t8');
	}
});
