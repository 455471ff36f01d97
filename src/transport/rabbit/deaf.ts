import type {ChannelModel} from 'amqplib';
import {again, pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Link} from './link.ts';
import {OneChannel} from './oneChannel.ts';

const lookMs = 5000;
/** A broker that holds up those who publish too fast reads on within moments. */
const answerMs = 10_000;

/** A connection that publishes. */
type Publishing = Pick<Link, 'role' | 'model' | 'blocked' | 'renew'>;

type Parts = {
	readonly outlets: () => readonly {readonly link: Publishing}[];
	readonly consuming: Pick<Link, 'model'>;
};

/**
 * Connections that the broker reads no more, and of which it says nothing: what is published there is never
 * confirmed, and heartbeats of AMQP do not notice. RabbitMQ 3.10 leaves one so on which more than 32 messages to
 * a quorum queue were under way when that was deleted (docs/decisions/0033). Whoever gets no answer to a question
 * that changes nothing, while the connection that consumes is answered, opens another connection.
 */
export class Deaf {
	readonly #ambient: Ambient;
	readonly #parts: Parts;
	readonly #asking = new OneChannel(model => model.createChannel());

	constructor(ambient: Ambient, parts: Parts) {
		this.#ambient = ambient;
		this.#parts = parts;
	}

	/** Looks now and then. Returns what ends that. */
	watch(): () => void {
		return again(this.#ambient.clock, lookMs, () => this.#look());
	}

	async #look(): Promise<void> {
		await Promise.all(this.#parts.outlets().map(({link}) => this.#check(link)));
	}

	async #check(link: Publishing): Promise<void> {
		const {model} = link;
		const other = this.#parts.consuming.model;
		// Under an alarm the broker reads from nobody who publishes, and has said so.
		if (!model || !other || link.blocked !== undefined) return;
		const [isHeard, isAlive] = await Promise.all([this.#answers(model), this.#answers(other)]);
		if (isHeard || !isAlive || link.model !== model || link.blocked !== undefined) return;
		link.renew('the broker reads from it no more, and says nothing');
	}

	async #answers(model: ChannelModel): Promise<boolean> {
		const over = new AbortController();
		const late = pause(this.#ambient.clock, answerMs, over.signal).then(() => false);
		const asked = this.#asking
			.of(model)
			.then(channel => channel.prefetch(1))
			.then(
				() => true,
				() => {
					this.#asking.forget(model);
					return false;
				},
			);
		return Promise.race([asked, late]).finally(() => over.abort());
	}
}
