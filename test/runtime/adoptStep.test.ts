// What becomes of the order to adopt a task whose row has changed since it was looked at.
import test from 'ava';
import type {Adopt} from '#runtime/letter.ts';
import type {Entry} from '#runtime/mailbox.ts';
import {stepOf} from '#runtime/step.ts';
import type {TaskRow} from '#store/store.ts';
import {placement} from '../dispatch/placements.ts';

const sent: TaskRow = {...placement('t1', {state: 'queued', placed: true}).row, home: 'n1', seq: 5};
const over: TaskRow = {...sent, state: 'succeeded', open: false, placed: false} as TaskRow;

function adopt(row: TaskRow, what: Adopt['what'], from = 'n1') {
	const letter: Adopt = {kind: 'adopt', task: 't1', from, what, settle: () => {}};
	const step = stepOf({letter} as unknown as Entry, row, {} as Parameters<typeof stepOf>[2]);
	return step.kind === 'change' ? step.decision?.effects.map(({type}) => type) : step.kind;
}

test('an attempt that was surely sent is adopted, and not sent again', t => {
	t.deepEqual(adopt(sent, {sentBy: 5}), []);
});

test('an attempt of a later commit may not have been sent: it is left to the next look', t => {
	t.is(adopt({...sent, seq: 6}, {sentBy: 5}), 'pass');
});

test('an end that came after the look is told by who made it', t => {
	t.is(adopt(over, {sentBy: 5}), 'pass');
	t.not(adopt(over, 'end'), 'pass');
});

test('what has another home by now is left to that', t => {
	t.is(adopt(sent, {sentBy: 5}, 'n2'), 'pass');
	t.is(adopt(over, 'end', 'n2'), 'pass');
});
