// A foreign producer that cancels what it has submitted.
import type {ExecutionContext} from 'ava';
import type {CancelReceipt} from '#contract/task.ts';
import type {Delivery, Properties} from '#transport/transport.ts';
import {must} from '../runtime/world.ts';
import {producer, textOf} from './amqpWorld.ts';

export const receiptOf = (delivery: Delivery | undefined) => JSON.parse(textOf(delivery)) as CancelReceipt;

/** A producer whose tasks end when the test says so. */
export async function open(t: ExecutionContext) {
	const all = await producer(t);
	all.hands.crash();
	const hands = await all.worker({id: 'w1', slots: 1});
	const cancel = (key: string, properties: Properties = {}) =>
		all.offer('cancel.fib', '', {
			messageId: key,
			replyTo: 'answers',
			correlationId: `of ${key}`,
			...properties,
		});
	const answerTo = (correlation: string) =>
		all.until(all.answers.find(({properties}) => properties.correlationId === correlation));
	const taskOf = async (key: string) =>
		must(await all.node.api.list({})).find(task => task.key === key)?.id ?? '';
	return {...all, hands, cancel, answerTo, taskOf};
}
