// Answers go to addresses that somebody else has chosen: a queue of the producer's own, or a direct reply-to that
// dies with its connection. Neither may hold up what is ours for ever: an answer that can't be sent is given up
// after a stated time. The result stays in the store.
import type {Ambient} from '#observe/observe.ts';
import {
	type Outgoing,
	type Published,
	type PublishOptions,
	type Transport,
	TransportDown,
} from '#transport/transport.ts';
import {createDirectReplies} from './repliesDirect.ts';
import {createQueueReplies} from './repliesQueue.ts';

/** Resolves when the broker has the answer, nobody is there for it any more, or it was given up. */
export type Replies = (message: Outgoing) => Promise<void>;

/** Its address closes the connection; it waited too long among suspects; its queue refuses it. */
type Why = 'closing' | 'waiting' | 'refused';

export type Attempt = {
	/** `lost`: whether the broker has taken it is not known. */
	publish(message: Outgoing, options: PublishOptions): Promise<Published | 'lost'>;
	giveUp(message: Outgoing, why: Why): void;
};

const isDirect = ({key}: Outgoing) => key.startsWith('amq.rabbitmq.reply-to');

/** Of each transport there must be one of these: two would lose each other's suspects. */
export function createReplies(ambient: Ambient, transport: Transport): Replies {
	const {log, metrics} = ambient;
	const attempt: Attempt = {
		async publish(message, options) {
			metrics.published.inc({kind: 'reply'});
			try {
				return await transport.publish(message, options);
			} catch (error) {
				if (!(error instanceof TransportDown)) throw error;
				return 'lost';
			}
		},
		giveUp({key: address, properties}, why) {
			metrics.givenUp.inc({why});
			log.warn({task: properties?.headers?.['x-warren-task'], address, why}, 'an answer was given up');
		},
	};
	const direct = createDirectReplies(ambient, transport, attempt);
	const queue = createQueueReplies(ambient, transport, attempt);
	return message => (isDirect(message) ? direct(message) : queue(message));
}
