// The one wrong answer among many must be named.
import test from 'ava';
import type {TaskView} from '#contract/task.ts';
import {type Ended, judgeReplies, type Reply} from './answers.ts';
import {answerOf, type Item} from './work.ts';

const item = (n: number, kind: Item['input']['kind']): Item => ({
	input: {n, kind, ms: 1, rest: 0},
	options: {key: `key-${n}`, class: 'normal'},
});
const ended: Ended[] = Array.from({length: 6}, (_, n) => ({
	item: item(n, n === 3 ? 'doomed' : 'quick'),
	view: {id: `t${n}`, door: n === 5 ? 'rest' : 'amqp'} as TaskView,
}));
const right: Reply[] = ended.slice(0, 5).map(({item, view}) => {
	const answer = answerOf(item);
	const body = answer.state === 'succeeded' ? answer.result : {code: answer.code, message: 'no'};
	return {
		...{to: item.options.key, id: `${view.id}.1`},
		...{type: `task.${answer.state}`, body: JSON.stringify(body)},
	};
});
const but = (at: number, change: Partial<Reply>) =>
	right.map((reply, n) => (n === at ? {...reply, ...change} : reply));

test('one answer for each task that came over AMQP is right, also when a copy of it comes', t => {
	t.deepEqual(judgeReplies(ended, right), []);
	t.deepEqual(judgeReplies(ended, [...right, ...right]), []);
});

test('an answer that is missing, wrong, too many or nobody’s is named', t => {
	t.deepEqual(judgeReplies(ended, right.slice(1)), ['t0 (key-0): no answer came']);
	t.deepEqual(judgeReplies(ended, but(1, {body: '{"n":1,"square":2}'})), [
		't1 (key-1): was answered task.succeeded {"n":1,"square":2}',
	]);
	t.deepEqual(judgeReplies(ended, but(2, {type: 'task.dead', body: '{"code":"CRASHED"}'})), [
		't2 (key-2): was answered task.dead {"code":"CRASHED"}',
	]);
	t.is(judgeReplies(ended, but(3, {body: '{"code":"CRASHED"}'})).length, 1);
	t.deepEqual(judgeReplies(ended, [...right, ...but(4, {id: 't4.2'}).slice(4)]), [
		't4 (key-4): expected one answer, got t4.1, t4.2',
	]);
	t.deepEqual(judgeReplies(ended, [...right, {to: 'key-5', id: 't5.1', type: 'task.succeeded', body: '1'}]), [
		'key-5: nobody waits for task.succeeded',
	]);
});
