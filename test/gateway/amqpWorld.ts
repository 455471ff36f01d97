// A foreign producer at the AMQP door: a connection of its own, a queue for answers, and an eye on
// `warren.dead`.
import type {ExecutionContext} from 'ava';
import type {Failure} from '#actors/failure.ts';
import type {Delivery, Properties} from '#transport/transport.ts';
import {type Arrivals, arrivals} from '../harness/arrivals.ts';
import {type Server, type TestWorker, type World, world} from '../runtime/world.ts';

export type Producer = World & {
	readonly node: Server;
	readonly hands: TestWorker;
	readonly answers: Arrivals<Delivery>;
	readonly dead: Arrivals<Delivery>;
	/** Publishes to `warren.tasks`; `answers` is the name of the producer's own queue. */
	readonly offer: (key: string, body: string | Buffer, properties?: Properties) => Promise<void>;
};

export async function producer(t: ExecutionContext): Promise<Producer> {
	const all = await world(t);
	const node = await all.server({door: true});
	await node.deploy('fib');
	const hands = await all.worker({act: run => run.succeed(run.input)});
	const answers = arrivals<Delivery>('the answers');
	const dead = arrivals<Delivery>('the dead letters');
	await all.line.declare({exchanges: [], queues: [{name: 'answers', type: 'classic', exclusive: true}]});
	await watch(all, 'answers', answers);
	await watch(all, all.names.dead, dead);
	return {
		...{...all, node, hands, answers, dead},
		async offer(key, body, properties = {}) {
			const message = {exchange: all.names.tasks, key, body: Buffer.from(body), properties};
			const published = await all.line.publish(message);
			if (published !== 'taken')
				throw new Error(`Expected the broker to take the message, it said ${published}`);
		},
	};
}

async function watch({line}: World, queue: string, into: Arrivals<Delivery>): Promise<void> {
	await line.consume(queue, {prefetch: 100}, delivery => {
		into.push(delivery);
		return 'ack';
	});
}

export const textOf = (delivery: Delivery | undefined): string => delivery?.body.toString() ?? '';
export const failureOf = (delivery: Delivery | undefined): Failure => JSON.parse(textOf(delivery)) as Failure;
