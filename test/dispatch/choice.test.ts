import test from 'ava';
import {createChoice} from '#dispatch/choice.ts';
import type {Live} from '#runtime/roster.ts';

function choosing(...live: Live[]) {
	const workers = new Map(live.map(one => [one.worker, one]));
	const asked: string[] = [];
	const choose = createChoice({
		live(pool) {
			asked.push(pool);
			return [...workers.values()];
		},
	});
	return {
		asked,
		beat: (one: Live) => workers.set(one.worker, one),
		times: (count: number) => Array.from({length: count}, () => choose('default')),
	};
}

const worker = (name: string, more: Partial<Live> = {}): Live => ({
	...{worker: name, slots: 4, held: 0, heardAt: 1, warm: {}, freeBytes: undefined},
	...more,
});

test('of nobody none is chosen', t => {
	const {times, asked} = choosing();
	t.deepEqual(times(1), [undefined]);
	t.deepEqual(asked, ['default']);
});

test('who has most room is chosen, and each choice takes a place', t => {
	const {times} = choosing(worker('a', {held: 2}), worker('b', {slots: 3}));
	t.deepEqual(times(6), ['b', 'a', 'b', 'a', 'b', 'a']);
});

test('with all slots taken the shortest line is chosen', t => {
	const {times} = choosing(worker('a', {held: 7}), worker('b', {held: 5}));
	t.deepEqual(times(4), ['b', 'b', 'a', 'b']);
});

test('a heartbeat says what has become of the places that were taken', t => {
	const {times, beat} = choosing(worker('a'), worker('b', {held: 2}));
	times(2);
	beat(worker('a', {heardAt: 2, held: 1}));
	t.deepEqual(times(1), ['a']);
	beat(worker('a', {heardAt: 3, held: 3}));
	t.deepEqual(times(1), ['b']);
});

test('a worker is not sent more than it can name in its next heartbeat', t => {
	const {times} = choosing(worker('a', {held: 499}), worker('b', {held: 498, slots: 1}));
	t.deepEqual(times(4), ['a', 'b', 'b', undefined]);
});
