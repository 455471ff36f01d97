import type {Channel, ChannelModel} from 'amqplib';

/**
 * A question that changes nothing, for the sake of its answer: a connection of which nobody says that it is
 * lost may be half-open, and nothing comes through it then. What the broker had for us before is here by then:
 * the answer comes after it, on the same connection.
 */
export class Question {
	readonly #model: () => ChannelModel | undefined;
	/** One of each connection, which consumes nothing. */
	readonly #channels = new WeakMap<ChannelModel, Promise<Channel>>();

	constructor(model: () => ChannelModel | undefined) {
		this.#model = model;
	}

	/** Calls back with the answer; never without a connection, or if it is lost. */
	ask(answered: () => void): void {
		const model = this.#model();
		if (model) void this.#ask(model).then(answered, () => this.#channels.delete(model));
	}

	async #ask(model: ChannelModel): Promise<void> {
		const channel = this.#channels.get(model) ?? this.#begin(model);
		this.#channels.set(model, channel);
		await (await channel).prefetch(1);
	}

	async #begin(model: ChannelModel): Promise<Channel> {
		const channel = await model.createChannel();
		channel.on('error', () => {});
		channel.on('close', () => this.#channels.delete(model));
		return channel;
	}
}
