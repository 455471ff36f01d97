import test from 'ava';
import {fail} from '#actors/failure.ts';
import type {Event, Settled} from '#runtime/letter.ts';
import {createMailbox} from '#runtime/mailbox.ts';
import {createRefusals} from '#runtime/refusals.ts';
import {StoreTrouble} from '#store/store.ts';

const trouble = new StoreTrouble(fail('UNAVAILABLE', 'The test has taken the store away'));

function world() {
	const mailbox = createMailbox();
	const settled = new Map<string, Settled>();
	const changes: boolean[] = [];
	const refusals = createRefusals(is => changes.push(is));
	const put = (task: string, {comesAgain = true, doubt}: {comesAgain?: boolean; doubt?: number} = {}) => {
		const letter: Event = {
			...{kind: 'event', task, name: 'outcome', comesAgain, read: () => undefined},
			settle: how => settled.set(task, how),
		};
		mailbox.put({letter, fresh: false, ...(doubt !== undefined && {doubt})});
	};
	const left = () =>
		mailbox.take(100).map(({letter, doubt}) => [letter.kind === 'event' && letter.name, doubt ?? null]);
	return {mailbox, settled, changes, refusals, put, left};
}

test('a store that refuses three times is shut, and open with the first batch that it takes', t => {
	const {refusals, changes} = world();
	for (let n = 0; n < 2; n++) refusals.met(trouble, 1);
	t.is(refusals.shut, undefined);
	refusals.met(trouble, 1);
	t.is(refusals.shut, trouble.failure);
	refusals.met(trouble, 1);
	refusals.over();
	t.is(refusals.shut, undefined);
	t.deepEqual(changes, [true, false]);
});

test('while it is shut all fails that comes again, of any batch; whose commit is in doubt is looked up later', t => {
	const {mailbox, settled, refusals, put, left} = world();
	put('fresh');
	put('in doubt', {doubt: 7});
	put('once', {comesAgain: false});
	put('once, in doubt', {comesAgain: false, doubt: 8});
	refusals.turnAway(mailbox);
	t.is(settled.size, 0, 'it is not shut');
	refusals.met(trouble, 6000);
	refusals.turnAway(mailbox);
	t.deepEqual([...settled.keys()], ['fresh', 'in doubt']);
	t.deepEqual(left(), [
		['ghost', 7],
		['outcome', null],
		['outcome', 8],
	]);
});
