// A connection that publishes: one channel with confirms, one without. A mistake on a channel (an
// exchange that was deleted) closes that channel alone, and it is opened again.
import type {Channel, ChannelModel} from 'amqplib';
import type {Ambient} from '#observe/observe.ts';
import type {Address} from './address.ts';
import {persist} from './backoff.ts';
import {Lane} from './lane.ts';
import {Link} from './link.ts';
import {Shout} from './shout.ts';

export type OutletOptions = {
	readonly role: string;
	readonly window: number;
	readonly patienceMs: number;
	/** What must be there before the first message is sent. */
	readonly prepare: (model: ChannelModel) => Promise<void>;
	readonly up: () => void;
	readonly down: (why: string) => void;
};

export class Outlet {
	readonly link: Link;
	readonly lane: Lane;
	readonly shout: Shout;
	readonly #ambient: Ambient;
	readonly #options: OutletOptions;
	/** Ends the tries to open a channel on a connection that is lost. */
	#lost = new AbortController();

	constructor(ambient: Ambient, address: Address, options: OutletOptions) {
		const {role, window, patienceMs, up} = options;
		const blocked = () => this.link.blocked;
		this.#ambient = ambient;
		this.#options = options;
		this.lane = new Lane(ambient.clock, {window, patienceMs, blocked});
		this.shout = new Shout(ambient.log, blocked);
		this.link = new Link(ambient, address, role, {
			setup: model => this.#setup(model),
			up,
			down: why => this.#down(why),
			pressure: () => this.lane.pump(),
		});
	}

	async close(): Promise<void> {
		this.#lost.abort();
		await this.link.close();
	}

	async #setup(model: ChannelModel): Promise<void> {
		this.#lost = new AbortController();
		await this.#options.prepare(model);
		await this.#openShout(model);
		await this.#openLane(model);
	}

	#down(why: string): void {
		this.#lost.abort();
		this.#options.down(why);
	}

	async #openLane(model: ChannelModel): Promise<void> {
		const channel = await model.createConfirmChannel();
		this.#keep(model, channel, () => this.#openLane(model));
		this.lane.attach(channel);
	}

	async #openShout(model: ChannelModel): Promise<void> {
		const channel = await model.createChannel();
		this.#keep(model, channel, () => this.#openShout(model));
		this.shout.attach(channel);
	}

	#keep(model: ChannelModel, channel: Channel, reopen: () => Promise<void>): void {
		const {log, clock} = this.#ambient;
		const {role} = this.#options;
		const {signal} = this.#lost;
		channel.on('error', error =>
			log.error({role, why: error.message}, 'the broker closed a publishing channel'),
		);
		channel.once('close', () => {
			// A connection that is lost closes its channels first: then there is nothing to open again.
			setImmediate(() => {
				if (this.link.model !== model) return;
				void persist(clock, signal, reopen, error => {
					log.warn({role, why: String(error)}, 'a publishing channel cannot be opened yet');
				});
			});
		});
	}
}
