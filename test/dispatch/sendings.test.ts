import test from 'ava';
import * as fc from 'fast-check';
import {createLobby} from '#dispatch/lobby.ts';
import {createSendings} from '#dispatch/sendings.ts';
import type {Live} from '#runtime/roster.ts';
import {list, placement} from './placements.ts';

const live = (worker: string, more: Partial<Live> = {}): Live => ({
	...{worker, slots: 4, held: 0, heardAt: 0, warm: {}, freeBytes: undefined},
	...more,
});
const held = (task: string, worker: string) => ({task, attempt: 1, worker, startedAt: null});

test('what was sent counts until its last attempt has ended, and makes its function warm there', t => {
	const sendings = createSendings();
	sendings.sent('a', list(2), 10);
	t.like(sendings.candidate(live('a'), 'fib'), {load: 1, unheard: 1, warm: 1});
	t.like(sendings.candidate(live('a', {heardAt: 11, warm: {fib: 2}}), 'fib'), {load: 1, unheard: 0, warm: 3});
	t.is(sendings.given('a', 'normal'), 1);
	t.is(sendings.given('a', 'low'), 0);
	t.false(sendings.ended('t0', 1));
	t.false(sendings.ended('t0', 1), 'told twice');
	t.true(sendings.ended('t1', 1));
	t.like(sendings.candidate(live('a'), 'fib'), {load: 0, warm: 0});
});

test('a heartbeat says what is not there any more, and what others have sent', t => {
	const sendings = createSendings();
	sendings.sent('a', [placement('gone')], 10);
	sendings.sent('a', [placement('named')], 10);
	sendings.sent('a', [placement('young')], 90);
	sendings.heard('a', [held('named', 'a'), held('other', 'a')], 50);
	t.is(sendings.given('a', 'normal'), 2);
	t.is(sendings.candidate(live('a'), 'fib').load, 3);
	sendings.forget('a');
	t.is(sendings.candidate(live('a'), 'fib').load, 0);
	t.deepEqual(sendings.workers(), []);
});

test('a second copy of an attempt takes the place of the first', t => {
	const sendings = createSendings();
	sendings.sent('a', [placement('t1')], 10);
	sendings.sent('b', [placement('t1', {}, {again: true})], 20);
	t.deepEqual([sendings.given('a', 'normal'), sendings.given('b', 'normal')], [0, 1]);
});

const step = fc.oneof(
	fc.record({do: fc.constant('send' as const), worker: fc.nat({max: 2}), task: fc.nat({max: 12})}),
	fc.record({do: fc.constant('end' as const), task: fc.nat({max: 12})}),
	fc.record({do: fc.constant('forget' as const), worker: fc.nat({max: 2})}),
);

test('whatever is sent, ends and is forgotten, the books hold what is open and nothing else', t => {
	const law = fc.property(fc.array(step, {maxLength: 60}), steps => {
		const sendings = createSendings();
		const open = new Map<string, string>();
		for (const [at, one] of steps.entries()) {
			const task = 'task' in one ? `t${one.task}` : '';
			const worker = 'worker' in one ? `w${one.worker}` : '';
			if (one.do === 'send') {
				sendings.sent(worker, [placement(task)], at);
				open.set(task, worker);
			} else if (one.do === 'end') {
				sendings.ended(task, 1);
				open.delete(task);
			} else {
				sendings.forget(worker);
				for (const [name, where] of open) if (where === worker) open.delete(name);
			}
		}
		return ['w0', 'w1', 'w2'].every(
			name => sendings.given(name, 'normal') === [...open.values()].filter(where => where === name).length,
		);
	});
	t.notThrows(() => fc.assert(law));
});

test('of what waits in all classes high goes most often, low too, and what has no room stays', t => {
	const lobby = createLobby(() => 1);
	for (const priority of ['low', 'normal', 'high'] as const) {
		for (let n = 0; n < 50; n++) {
			lobby.put({placement: placement(`${priority} ${n}`, {class: priority}), placed: () => {}});
		}
	}
	const given: string[] = [];
	const room = {left: 42};
	lobby.empty(
		() => room.left > 0,
		([first]) => {
			room.left--;
			given.push(first?.placement.row.class ?? '');
		},
	);
	const count = (priority: string) => given.filter(one => one === priority).length;
	t.deepEqual([count('high'), count('normal'), count('low')], [32, 8, 2]);
	t.is(lobby.size, 108);
	lobby.empty(
		priority => priority === 'low',
		() => room.left++,
	);
	t.is(lobby.size, 60);
	t.is(lobby.clear().length, 60);
	t.is(lobby.size, 0);
});
