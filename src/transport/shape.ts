import {type Queue, TopologyError} from './transport.ts';

/**
 * Refuses a queue that RabbitMQ would refuse, so that both brokers take the same.
 * @throws TopologyError that names the queue and what to change
 */
export function checkShape({name, type, exclusive, deliveryLimit, deadLetterKey, deadLetterExchange}: Queue) {
	const refuse = (why: string) => new TopologyError(`Queue \`${name}\`: ${why}`);
	if (name === '') throw new TopologyError('A queue needs a name, got an empty one');
	if (name.startsWith('amq.')) throw refuse('names that start with `amq.` belong to the broker');
	if (exclusive && type !== 'classic') throw refuse('an exclusive queue must be `classic`');
	if (deliveryLimit !== undefined && type !== 'quorum')
		throw refuse('`deliveryLimit` needs a `quorum` queue');
	if (deadLetterKey !== undefined && deadLetterExchange === undefined) {
		throw refuse('`deadLetterKey` needs a `deadLetterExchange`');
	}
}
