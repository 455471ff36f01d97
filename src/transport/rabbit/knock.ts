import type {ConsumeMessage} from 'amqplib';
import type {Outgoing} from '#transport/transport.ts';

const type = 'warren.knock';

/** A message that says nothing: whether it is confirmed tells whether its queue takes any. Consumers pass it by. */
export const knock = (queue: string): Outgoing => ({
	exchange: '',
	key: queue,
	body: Buffer.alloc(0),
	properties: {type},
});

export const isKnock = ({properties}: ConsumeMessage): boolean => properties.type === type;
