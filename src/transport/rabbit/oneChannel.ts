import type {Channel, ChannelModel} from 'amqplib';

/** A channel of each connection, opened when it is first asked for, and again after it was closed. */
export class OneChannel<C extends Channel> {
	readonly #create: (model: ChannelModel) => Promise<C>;
	readonly #known = new WeakMap<ChannelModel, Promise<C>>();

	constructor(create: (model: ChannelModel) => Promise<C>) {
		this.#create = create;
	}

	of(model: ChannelModel): Promise<C> {
		const channel = this.#known.get(model) ?? this.#open(model);
		this.#known.set(model, channel);
		return channel;
	}

	forget(model: ChannelModel): void {
		this.#known.delete(model);
	}

	async #open(model: ChannelModel): Promise<C> {
		const channel = await this.#create(model);
		channel.on('error', () => {});
		channel.on('close', () => this.#known.delete(model));
		return channel;
	}
}
