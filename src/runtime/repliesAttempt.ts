import type {Ambient} from '#observe/observe.ts';
import {
	type Outgoing,
	type Published,
	type PublishOptions,
	type Transport,
	TransportDown,
} from '#transport/transport.ts';

/** Resolves when the broker has the answer, nobody is there for it any more, or it was given up. */
export type Replies = (message: Outgoing) => Promise<void>;

/** Its address closes the connection; it waited too long among suspects; its queue refuses it. */
type Why = 'closing' | 'waiting' | 'refused';

/** One try, and how the last one ends. */
export type Attempt = {
	/** `lost`: whether the broker has taken it is not known. */
	readonly publish: (message: Outgoing, options: PublishOptions) => Promise<Published | 'lost'>;
	readonly giveUp: (message: Outgoing, why: Why) => void;
};

export function createAttempt({log, metrics}: Ambient, transport: Transport): Attempt {
	return {
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
}
