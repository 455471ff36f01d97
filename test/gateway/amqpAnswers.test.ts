// Answers that nobody takes, at the AMQP door: they hold no place of the intake, which has a thousand.
import test from 'ava';
import {createAnswers} from '#gateway/amqpAnswers.ts';
import {testAmbient} from '../harness/ambient.ts';
import {closing, crafted} from '../runtime/crafted.ts';
import {must} from '../runtime/world.ts';
import {type Producer, producer} from './amqpWorld.ts';

const places = 1000;

const full = async ({line}: Producer) => {
	await line.declare({exchanges: [], queues: [{name: 'full', type: 'quorum', maxLength: 1}]});
	return () => 'full';
};
const made = async ({node}: Producer) => {
	closing(node);
	return (n: number) => `${crafted}${n}`;
};

for (const [title, addresses] of [
	['that close the connection', made],
	['of a queue that is full', full],
] as const) {
	test(`more rejections than the intake has places, for addresses ${title}, keep no submission`, async t => {
		const all = await producer(t);
		const addressOf = await addresses(all);
		for (let n = 0; n <= places; n++) await all.offer('fib', '{"n":', {replyTo: addressOf(n)});
		await all.offer('fib', '7', {messageId: 'good'});
		await all.quiet();
		t.like(must(await all.node.api.list({})), [{key: 'good', state: 'succeeded'}]);
		t.is(all.dead.all.length, places + 1, 'each is parked');
	});
}

test('as many receipts of cancels that nobody takes keep it for a second', async t => {
	const all = await producer(t);
	const addressOf = await made(all);
	await all.offer('fib', '1', {messageId: 'over'});
	await all.quiet();
	for (let n = 0; n <= places; n++)
		await all.offer('cancel.fib', '', {messageId: 'over', replyTo: addressOf(n)});
	await all.offer('fib', '7', {messageId: 'good'});
	await all.quiet();
	all.clock.advance(1000);
	await all.quiet();
	const tasks = must(await all.node.api.list({}));
	t.like(
		tasks.find(({key}) => key === 'good'),
		{state: 'succeeded'},
	);
});

test('they do not pile up: of more than ten thousand the last are given up', async t => {
	const ambient = testAmbient();
	const sent: string[] = [];
	const held = Promise.withResolvers<void>();
	const send = createAnswers(ambient, ({key}) => {
		sent.push(key);
		return held.promise;
	});
	const body = Buffer.from('{}');
	const all = Array.from({length: 10_001}, (_, n) => send({exchange: '', key: `a${n}`, body}));
	await all.at(-1);
	t.is(sent.length, 10_000);
	t.like(ambient.lines, [{msg: 'an answer was given up', address: 'a10000', why: 'crowded'}]);
	held.resolve();
	await Promise.all(all);
	await send({exchange: '', key: 'next', body});
	t.is(sent.at(-1), 'next');
});
