// A server whose inbox has lost its log with its broker's death (test/transport/rabbitBroken.test.ts says when).
import {connect} from 'amqplib';
import test from 'ava';
import {createClient} from '#client/client.ts';
import {names} from '#transport/topology.ts';
import {ownRabbit, prefix} from '../harness/rabbit.ts';
import {node} from './server.ts';

const count = 20;
const code = 'export default async n => { await new Promise(r => setTimeout(r, 200)); return n * n; }';
async function countOf(url: string, queue: string): Promise<number> {
	const model = await connect(url);
	const {messageCount} = await (await model.createChannel()).checkQueue(queue);
	await model.close();
	return messageCount;
}

const squares = (from: number) => Array.from({length: count}, (_, at) => (from + at) ** 2);

test('tasks whose outcomes were in an inbox that came back without its log end all the same', async t => {
	t.timeout(240_000);
	const own = await ownRabbit('a server whose inbox came back without its log');
	t.teardown(() => own.stop());
	const broker = {url: own.url, prefix: prefix()};
	const server = await node(t, broker, ['server'], {id: 'n1', dispatch: {auditMs: 500}});
	await node(t, broker, ['worker']);
	const client = createClient({url: server.url ?? ''});
	await client.deploy({name: 'square', language: 'javascript', code});
	t.is((await client.invoke('square', 3)).result, 9);
	await own.settle();

	// Somebody deletes it, the server makes it again, and the broker is killed before it has written where its log is.
	const inbox = names(broker.prefix).node('n1');
	const model = await connect(own.url);
	model.on('error', () => {});
	const channel = await model.createChannel();
	await channel.checkQueue(inbox);
	await channel.deleteQueue(inbox);
	t.is((await client.invoke('square', 4)).result, 16);
	const submit = async (from: number) => {
		const ids: string[] = [];
		const items = Array.from({length: count}, (_, at) => ({input: from + at}));
		for await (const answer of client.submitMany('square', items)) {
			if (!answer.ok) throw new Error(answer.failure.message);
			ids.push(answer.receipt.task);
		}
		return ids;
	};
	const before = await submit(0);
	await own.kill();
	await own.start();

	const ended = async (ids: readonly string[]) => {
		for (const id of ids) await client.wait(id, {waitMs: 200_000});
		return Promise.all(ids.map(id => client.result(id)));
	};
	t.deepEqual(await ended(before), squares(0));
	t.deepEqual(await ended(await submit(count)), squares(count));
	const dead = await countOf(own.url, names(broker.prefix).dead);
	t.is(dead, 0, 'nothing that was asked of a queue was taken for a message');
});
