import type {ChannelModel} from 'amqplib';
import type {Link} from './link.ts';
import {OneChannel} from './oneChannel.ts';

/** `blocked`: why the broker refuses writes, as far as it has said so. */
type Way = Pick<Link, 'model' | 'blocked'>;

/**
 * Two questions that change nothing, for the sake of their answers.
 *
 * - Does the broker take messages? Under an alarm it takes none, of anybody, so nobody has to be silent to say
 *   nothing; and it tells so only to those who try. A message that no queue is bound for is confirmed like any other.
 * - What has it sent before? A connection of which nobody says that it is lost may be half-open, and nothing comes
 *   through it then. The answer comes after all that was sent before it, on the same connection.
 */
export class Question {
	readonly #ways: () => readonly [from: Way, to: Way];
	/** One of each connection, which consumes nothing, or publishes nothing else. */
	readonly #listening = new OneChannel(model => model.createChannel());
	readonly #speaking = new OneChannel(model => model.createConfirmChannel());

	/** @param ways on which messages come, and on which they go */
	constructor(ways: () => readonly [from: Way, to: Way]) {
		this.#ways = ways;
	}

	/** Calls back when both are answered; never without a connection, if one is lost, or where it is known to be blocked. */
	ask(answered: () => void): void {
		const [{model: from}, {model: to, blocked}] = this.#ways();
		if (!from || !to || blocked !== undefined) return;
		void this.#speak(to)
			.then(() => this.#listen(from))
			.then(answered, () => {
				this.#listening.forget(from);
				this.#speaking.forget(to);
			});
	}

	async #speak(model: ChannelModel): Promise<void> {
		const channel = await this.#speaking.of(model);
		await new Promise<void>((resolve, reject) => {
			channel.publish('', '', Buffer.alloc(0), {}, error => (error ? reject(error) : resolve()));
		});
	}

	async #listen(model: ChannelModel): Promise<void> {
		const channel = await this.#listening.of(model);
		await channel.prefetch(1);
	}
}
