import test from 'ava';
import {must} from '../runtime/world.ts';
import {failureOf, producer, textOf} from './amqpWorld.ts';

test('a message id is an idempotency key: a duplicate is acked, another body is refused', async t => {
	const {offer, answers, dead, node, hands, quiet} = await producer(t);
	const asked = {messageId: 'm1', replyTo: 'answers', correlationId: 'c1'};
	await offer('fib', '{"n":1}', asked);
	await answers.reach(1);
	await offer('fib', '{"n":1}', asked);
	await quiet();
	t.is(hands.runs.all.length, 1);
	await offer('fib', '{"n":2}', asked);
	const [, refused] = await answers.reach(2);
	t.like(failureOf(refused), {code: 'KEY_REUSED'});
	t.like((await dead.reach(1))[0]?.properties.headers, {'x-warren-reason': 'KEY_REUSED'});
	t.is(must(await node.api.list({})).length, 1);
});

test('what expires in the intake becomes a task that ends expired, and is answered', async t => {
	const {offer, answers, node, clock, quiet, server} = await producer(t);
	await node.stop();
	await offer('fib', '1', {expiration: '1000', messageId: 'm1', replyTo: 'answers', correlationId: 'c1'});
	clock.advance(1500);
	const next = await server({door: true});
	const [answer] = await answers.reach(1);
	t.like(answer?.properties, {type: 'task.expired', correlationId: 'c1'});
	t.like(failureOf(answer), {code: 'EXPIRED'});
	await quiet();
	const [task, ...others] = must(await next.api.list({}));
	t.deepEqual(others, []);
	t.like(task, {state: 'expired', key: 'm1', function: 'fib', failure: {code: 'EXPIRED'}});
	t.is(next.sent.all.filter(({properties}) => properties?.type === 'warren.work').length, 0);
});

test('what the broker gave up on in the intake for any other reason is taken like the rest', async t => {
	const {offer, line, names, node, quiet, server, answers} = await producer(t);
	await node.stop();
	await offer('fib', '5', {messageId: 'm1', replyTo: 'answers'});
	const consumer = await line.consume(names.intake, {prefetch: 1}, () => 'drop');
	await quiet();
	await consumer.cancel();
	const next = await server({door: true});
	t.is(textOf((await answers.reach(1))[0]), '5');
	t.like(must(await next.api.list({}))[0], {state: 'succeeded', function: 'fib', key: 'm1'});
});

test('while the store refuses, submissions stay in the intake and become tasks later', async t => {
	const {offer, node, quiet, clock, until, answers} = await producer(t);
	node.mishaps.store = verb => (verb === 'commit' || verb === 'loadByKey' ? 'refused' : undefined);
	await offer('fib', '7', {messageId: 'm1', replyTo: 'answers'});
	for (let i = 0; i < 30; i++) {
		await quiet();
		clock.advance(100);
	}
	t.deepEqual(answers.all, []);
	const tries = node.life.steps.filter(step => step === 'before store.loadByKey').length;
	t.true(tries > 1 && tries < 10, `it is tried again, not all the time: ${tries} times in 3 s`);
	node.mishaps.store = () => undefined;
	await until(answers.reach(1));
	t.is(must(await node.api.list({})).length, 1);
});

test('a submission is acked only once its task is committed', async t => {
	const {offer, node, quiet, server, until, answers} = await producer(t);
	node.mishaps.store = verb => {
		if (verb === 'commit') node.crash();
		return undefined;
	};
	await offer('fib', '7', {replyTo: 'answers'});
	await quiet();
	t.false(node.life.alive);
	const next = await server({door: true, durable: true});
	await until(answers.reach(1));
	t.is(must(await next.api.list({})).length, 2, 'the commit was made, its ack was not, and it had no key');
});

test('a dead letter that is moved back is a redrive, in whatever way its function died', async t => {
	const {offer, dead, node, quiet, line, names, worker, hands} = await producer(t);
	hands.crash();
	await node.deploy('frail');
	const {runs} = await worker();
	await offer('frail', '{"n": 1}', {messageId: 'm1', replyTo: 'answers', correlationId: 'c1'});
	(await runs.reach(1))[0]?.fail('FUNCTION_THREW');
	const [letter] = await dead.reach(1);
	const [task] = must(await node.api.list({}));
	t.is(textOf(letter), '{"n": 1}');
	t.like(letter?.properties, {messageId: 'm1', correlationId: 'c1', contentType: 'application/json'});
	t.deepEqual(letter?.properties.headers, {
		'x-warren-task': task?.id,
		'x-warren-function': 'frail',
		'x-warren-reason': 'FUNCTION_THREW',
		'x-warren-message': 'The function threw',
		'x-warren-attempts': 1,
	});
	await quiet();
	const back = {exchange: names.tasks, key: 'frail', body: letter?.body ?? Buffer.alloc(0)};
	await line.publish({...back, ...(letter && {properties: letter.properties})});
	await line.publish({...back, ...(letter && {properties: letter.properties})});
	const [, again] = await runs.reach(2);
	t.like(again, {task: task?.id, attempt: 2, input: {n: 1}});
	again?.succeed(1);
	await quiet();
	t.is(runs.all.length, 2, 'moved back twice, it lives once');
	t.like(must(await node.api.inspect(task?.id ?? '')), {state: 'succeeded', charged: 0});
});

test('a redrive of a task that was forgotten is parked with its reason', async t => {
	const {offer, dead} = await producer(t);
	await offer('fib', '1', {headers: {'x-warren-task': 'nobody'}});
	const [parked] = await dead.reach(1);
	t.like(parked?.properties.headers, {'x-warren-task': 'nobody', 'x-warren-reason': 'TASK_NOT_FOUND'});
});

test('a message that died elsewhere before is a submission like any other', async t => {
	const {line, names, node, quiet, offer} = await producer(t);
	await line.declare({
		exchanges: [],
		queues: [{name: 'delay', type: 'quorum', deadLetterExchange: names.tasks, deadLetterKey: 'fib'}],
	});
	await line.publish({exchange: '', key: 'delay', body: Buffer.from('3')});
	const consumer = await line.consume('delay', {prefetch: 1}, () => 'drop');
	await quiet();
	await consumer.cancel();
	await offer('fib', '4');
	await quiet();
	t.deepEqual(
		must(await node.api.list({})).map(({state}) => state),
		['succeeded', 'succeeded'],
	);
});

test('a rejected message with more headers than can be sent is parked without them', async t => {
	const {offer, dead, node} = await producer(t);
	const most = 65_536;
	node.mishaps.broker = ({properties}) =>
		JSON.stringify(properties?.headers ?? {}).length > most ? new RangeError('headers too large') : undefined;
	await offer('fib', 'no', {messageId: 'm', headers: {big: 'x'.repeat(most)}});
	const [parked] = await dead.reach(1);
	t.is(textOf(parked), 'no');
	t.is(parked?.properties.messageId, 'm');
	t.deepEqual(Object.keys(parked?.properties.headers ?? {}), [
		'x-warren-reason',
		'x-warren-message',
		'x-warren-function',
	]);
});
