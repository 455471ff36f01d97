import test from 'ava';
import {must} from '../runtime/world.ts';
import {open, receiptOf} from './amqpCancelWorld.ts';

test('a cancel that comes before its submission is committed finds it all the same', async t => {
	const all = await open(t);
	await all.cancel('k1');
	await all.quiet();
	await all.offer('fib', '1', {messageId: 'k1'});
	t.like(receiptOf(await all.answerTo('of k1')), {state: 'cancelled', cancelled: true});
});

test('a cancel is acked only once it is committed: the next server does it again', async t => {
	const all = await open(t);
	await all.offer('fib', '1', {messageId: 'k1'});
	await all.hands.runs.reach(1);
	await all.quiet();
	all.node.mishaps.store = verb => {
		if (verb === 'commit') all.node.crash();
		return undefined;
	};
	await all.cancel('k1');
	await all.quiet();
	t.false(all.node.life.alive);
	await all.server({door: true, durable: true});
	t.like(receiptOf(await all.answerTo('of k1')), {state: 'cancelled'});
});

test('a cancel is acked only once its receipt is sent: the next server does it again', async t => {
	const all = await open(t);
	await all.offer('fib', '1', {messageId: 'k1'});
	await all.hands.runs.reach(1);
	await all.quiet();
	all.node.mishaps.broker = ({properties}) => (properties?.type === 'cancel.receipt' ? 'refused' : undefined);
	await all.cancel('k1');
	await all.quiet();
	t.like(must(await all.node.api.list({})), [{state: 'cancelled'}]);
	t.deepEqual(all.answers.all, []);
	all.node.crash();
	await all.server({door: true, durable: true});
	const receipt = receiptOf(await all.answerTo('of k1'));
	t.like(receipt, {was: 'cancelled', state: 'cancelled', cancelled: false, stop: null});
});

test('while the store refuses, a cancel stays in the intake and is done later', async t => {
	const all = await open(t);
	await all.offer('fib', '1', {messageId: 'k1'});
	await all.hands.runs.reach(1);
	await all.quiet();
	all.node.mishaps.store = verb => (verb === 'loadByKey' ? 'refused' : undefined);
	await all.cancel('k1');
	await all.quiet();
	all.clock.advance(2000);
	await all.quiet();
	t.deepEqual([all.answers.all, all.dead.all], [[], []]);
	all.node.mishaps.store = () => undefined;
	t.like(receiptOf(await all.answerTo('of k1')), {state: 'cancelled', cancelled: true});
});

test('a cancel that expired in the intake is done all the same', async t => {
	const all = await open(t);
	await all.offer('fib', '1', {messageId: 'k1'});
	await all.hands.runs.reach(1);
	await all.node.stop();
	await all.cancel('k1', {expiration: '1000'});
	all.clock.advance(1500);
	await all.server({door: true});
	t.like(receiptOf(await all.answerTo('of k1')), {state: 'cancelled', cancelled: true});
});
