import type {Channel, ChannelModel} from 'amqplib';

/**
 * A question that changes nothing, for the sake of its answer: a connection of which nobody says that it is
 * lost may be half-open, and nothing comes through it then. What the broker had for us before is here by then:
 * the answer comes after it, on the same connection.
 */
export class Question {
	readonly #model: () => ChannelModel | undefined;
	#open: {readonly model: ChannelModel; readonly channel: Promise<Channel>} | undefined;

	constructor(model: () => ChannelModel | undefined) {
		this.#model = model;
	}

	/** Calls back with the answer; never without a connection, or if it is lost. */
	ask(answered: () => void): void {
		const model = this.#model();
		if (model) void this.#ask(model).then(answered, () => {});
	}

	async #ask(model: ChannelModel): Promise<void> {
		if (this.#open?.model !== model) this.#open = {model, channel: this.#begin(model)};
		const {channel} = this.#open;
		// Of a channel that consumes nothing. What can't be asked is asked on another one next time.
		await (await channel).prefetch(1).catch(error => this.#failed(error));
	}

	async #begin(model: ChannelModel): Promise<Channel> {
		try {
			const channel = await model.createChannel();
			channel.on('error', () => {});
			channel.on('close', () => {
				this.#open = undefined;
			});
			return channel;
		} catch (error) {
			return this.#failed(error);
		}
	}

	#failed(error: unknown): never {
		this.#open = undefined;
		throw error;
	}
}
