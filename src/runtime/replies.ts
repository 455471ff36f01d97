// Answers go to addresses that somebody else has chosen: a queue of the producer's own, or a direct reply-to that
// dies with its connection. Neither may hold up what is ours for ever: an answer that can't be sent is given up
// after a stated time. The result stays in the store.
import type {Ambient} from '#observe/observe.ts';
import type {Outgoing, Transport} from '#transport/transport.ts';
import {createAttempt, type Replies} from './repliesAttempt.ts';
import {createDirectReplies} from './repliesDirect.ts';
import {createQueueReplies} from './repliesQueue.ts';

export type {Replies} from './repliesAttempt.ts';

const isDirect = ({key}: Outgoing) => key.startsWith('amq.rabbitmq.reply-to');

/** Of each transport there must be one of these: two would lose each other's suspects. */
export function createReplies(ambient: Ambient, transport: Transport): Replies {
	const attempt = createAttempt(ambient, transport);
	const direct = createDirectReplies(ambient, transport, attempt);
	const queue = createQueueReplies(ambient, transport, attempt);
	return message => (isDirect(message) ? direct(message) : queue(message));
}
