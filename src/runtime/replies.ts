// Answers go to addresses that somebody else has chosen. RabbitMQ closes the connection of whoever writes
// to a crafted direct reply-to, and no check of its form tells it from a good one. So an answer that was
// lost together with its connection is a suspect: suspects are tried again one at a time, on a connection
// that carries nothing else, so that only the guilty one is lost again, and it is given up. The result stays
// in the store. Of each transport there must be one of these: two would lose each other's suspects.
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import {type Outgoing, type Transport, TransportDown} from '#transport/transport.ts';
import {insist} from './insist.ts';

/** Resolves when the broker has the answer, or nobody is there for it any more. */
export type Replies = (message: Outgoing) => Promise<void>;

const isDirect = ({key}: Outgoing) => key.startsWith('amq.rabbitmq.reply-to');

/** One loss more may be chance: the broker was just leaving. */
const mostTries = 2;
const againMs = 500;

export function createReplies(ambient: Ambient, transport: Transport): Replies {
	const {clock, log, metrics} = ambient;
	let suspects: Promise<void> = Promise.resolve();

	/** False: it was lost with its connection. */
	const once = async (message: Outgoing, lane: 'replies' | 'suspects'): Promise<boolean> => {
		metrics.published.inc({kind: 'reply'});
		try {
			return (await transport.publish(message, {lane})) !== 'refused';
		} catch (error) {
			if (!(error instanceof TransportDown)) throw error;
			return false;
		}
	};
	const tryAlone = async (message: Outgoing): Promise<void> => {
		for (let tries = 0; tries < mostTries; ) {
			await pause(clock, againMs);
			if (await once(message, 'suspects')) return;
			// While the broker is out of reach for all, nobody is to blame.
			if (transport.blocked() === undefined) tries++;
		}
		log.warn(
			{task: message.properties?.headers?.['x-warren-task'], address: message.key},
			'an answer was given up',
		);
	};
	return async message => {
		if (!isDirect(message)) return insist(ambient, transport, 'reply', message, {lane: 'replies'});
		if (await once(message, 'replies')) return undefined;
		const before = suspects;
		const mine = before.then(() => tryAlone(message));
		suspects = mine.catch(() => {});
		return mine;
	};
}
