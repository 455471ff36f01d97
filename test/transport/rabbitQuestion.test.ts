import {type Channel, connect} from 'amqplib';
import test from 'ava';
import {Question} from '#transport/rabbit/question.ts';
import {arrivals} from '../harness/arrivals.ts';
import {openRabbitWorld} from './rabbitWorld.ts';

test('a half-open connection answers no question, long before it is known for one', async t => {
	const world = await openRabbitWorld(t);
	const transport = await world.connect();
	const answers = arrivals<string>('answers');
	const ask = (question: string) => transport.ask(() => answers.push(question));
	ask('before');
	await answers.reach(1);
	const proxy = world.proxyOf(transport);

	proxy.freeze();
	ask('meanwhile');
	// Whatever else is asked of this broker is answered.
	const other = await world.connect();
	const {promise, resolve} = Promise.withResolvers<void>();
	other.ask(resolve);
	await promise;
	t.deepEqual(answers.all, ['before']);

	proxy.thaw();
	await answers.reach(2);
	t.deepEqual(answers.all, ['before', 'meanwhile']);
});

test('who loses the channel of its questions asks on another one', async t => {
	const world = await openRabbitWorld(t);
	const model = await connect(world.url, {noDelay: true});
	t.teardown(() => model.close());
	const channels: Channel[] = [];
	const create = model.createChannel.bind(model);
	model.createChannel = async () => {
		const channel = await create();
		channels.push(channel);
		return channel;
	};
	const way = {model, blocked: undefined};
	const question = new Question(() => [way, way]);
	const answered = () => new Promise<void>(resolve => question.ask(resolve));
	await answered();
	await answered();
	t.is(channels.length, 1);

	await channels[0]?.close();
	await answered();

	t.is(channels.length, 2);
});
