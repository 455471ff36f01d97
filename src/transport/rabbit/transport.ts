/**
 * The RabbitMQ adapter (3.10 to 4.x). Two connections, because a broker that refuses writes stops
 * reading from the connections that publish, and acks must still get through; two more for replies,
 * made when first needed: their addresses come from foreign producers, and a crafted one makes the
 * broker close the connection.
 */
import type {ChannelModel} from 'amqplib';
import type {Ambient} from '#observe/observe.ts';
import {type Listener, Listeners} from '#transport/listeners.ts';
import {checkOutgoing} from '#transport/outgoing.ts';
import {
	type ConsumeOptions,
	type Consumer,
	type Handler,
	type Outgoing,
	type Published,
	type PublishOptions,
	type Topology,
	type Transport,
	TransportDown,
	usualPatienceMs,
} from '#transport/transport.ts';
import {type Address, readAddress, type Security} from './address.ts';
import {Deaf} from './deaf.ts';
import {countOf, declare, deleteQueue} from './declare.ts';
import {ForeignExchanges} from './foreign.ts';
import {Keeper} from './keeper.ts';
import {Link} from './link.ts';
import {Mender} from './mender.ts';
import {Outlet} from './outlet.ts';
import {Question} from './question.ts';
import {Registry} from './registry.ts';
import {Remaker} from './remaker.ts';
import {Restorer} from './restorer.ts';
import {Starved} from './starved.ts';
import {Subscriptions} from './subscriptions.ts';

export type RabbitOptions = Security & {
	readonly url: string;
	readonly name: string;
	/** Most unconfirmed publishes of a lane; over 500 buys latency, not rate. */
	readonly window?: number;
	/** How long a call waits for a lost connection before it rejects with `TransportDown`, ms. */
	readonly patienceMs?: number;
};

type Patience = {readonly window: number; readonly patienceMs: number};

/** Connects; rejects when the broker can't be reached in `patienceMs` or refuses us. @throws TransportDown, TypeError */
export async function openRabbit(ambient: Ambient, options: RabbitOptions): Promise<Transport> {
	const {url, name, window = 256, patienceMs = usualPatienceMs} = options;
	if (!Number.isInteger(window) || window < 1) {
		throw new TypeError(`Expected \`window\` to be a positive integer, got \`${window}\``);
	}
	const address = await readAddress(url, name, options);
	const transport = new RabbitTransport(ambient, address, {window, patienceMs});
	await transport.open();
	return transport;
}

class RabbitTransport implements Transport {
	readonly durable = true;
	readonly #ambient: Ambient;
	readonly #address: Address;
	readonly #patience: Patience;
	readonly #registry = new Registry();
	readonly #restorer: Restorer;
	readonly #remaker: Remaker;
	readonly #mender: Mender;
	readonly #keeper: Keeper;
	readonly #starved: Starved;
	#watches: (() => void)[] = [];
	readonly #subscriptions: Subscriptions;
	readonly #listeners: Listeners;
	readonly #consuming: Link;
	readonly #publishing: Outlet;
	readonly #replying = new Map<string, Outlet>();
	readonly #foreign = new ForeignExchanges();
	readonly #question = new Question(() => [this.#consuming, this.#publishing.link]);
	#state: 'new' | 'up' | 'down' = 'new';
	#stopping: Promise<void> | undefined;

	constructor(ambient: Ambient, address: Address, patience: Patience) {
		this.#ambient = ambient;
		this.#listeners = new Listeners(ambient.log);
		this.#address = address;
		this.#patience = patience;
		this.#restorer = new Restorer(ambient, this.#registry);
		this.#remaker = new Remaker(ambient, this.#restorer, () => this.#model());
		const current = () => this.#consuming.model;
		this.#keeper = new Keeper(ambient, this.#registry, current);
		const up = () => this.#up();
		const down = (why: string) => this.#down(why);
		const prepare = (model: ChannelModel) => this.#restorer.durable(model);
		this.#publishing = new Outlet(ambient, address, {role: 'publish', ...patience, prepare, up, down});
		const {lane, link} = this.#publishing;
		const all = () => this.#subscriptions.all();
		this.#mender = new Mender(ambient, {
			...{registry: this.#registry, restorer: this.#restorer, lane, subscriptions: all},
			model: () => link.ready(patience.patienceMs),
		});
		this.#subscriptions = new Subscriptions(ambient, {
			...{registry: this.#registry, restorer: this.#restorer, current, model: () => this.#model()},
			mending: queue => this.#mender.mending(queue),
			remake: queue => this.#remaker.make(queue),
		});
		this.#starved = new Starved(ambient, {registry: this.#registry, model: current, subscriptions: all});
		this.#consuming = new Link(ambient, address, 'consume', {
			setup: model => this.#resume(model),
			up,
			down,
			pressure: () => {},
		});
	}

	async open(): Promise<void> {
		const deaf = new Deaf(this.#ambient, {outlets: () => this.#outlets(), consuming: this.#consuming});
		this.#watches = [this.#mender, this.#keeper, this.#starved, deaf].map(one => one.watch());
		const links = [this.#publishing.link, this.#consuming];
		try {
			await Promise.all(links.map(link => link.open()));
			await Promise.all(links.map(link => link.ready(this.#patience.patienceMs)));
		} catch (error) {
			await this.#close();
			throw error;
		}
	}

	async declare(topology: Topology): Promise<void> {
		await declare(await this.#model(), topology);
		this.#registry.add(topology);
	}

	async publish(message: Outgoing, options: PublishOptions = {}): Promise<Published> {
		const {lane = 'work', confirm = true, patienceMs = this.#patience.patienceMs} = options;
		checkOutgoing(message);
		const {exchange} = message;
		const isKnown = this.#registry.knowsExchange(exchange) || this.#foreign.has(exchange);
		// Whoever waits here is overtaken by what is sent to others.
		if (!isKnown) await this.#foreign.look(exchange, await this.#model());
		if (lane === 'work' && confirm) return this.#deliver(message, patienceMs);
		if (lane === 'work') this.#publishing.shout.publish(message);
		else if (confirm) return this.#replies(lane).lane.publish(message, patienceMs);
		else this.#replies(lane).shout.publish(message);
		return 'taken';
	}

	async consume(queue: string, options: ConsumeOptions, handle: Handler): Promise<Consumer> {
		if (this.#stopping) throw new TransportDown('The connection to the broker is stopping');
		return this.#subscriptions.add(queue, options, handle);
	}

	async depth(queue: string): Promise<number | undefined> {
		return countOf(await this.#model(), queue);
	}

	async remove(queue: string): Promise<void> {
		const model = await this.#model();
		this.#registry.forget(queue);
		await deleteQueue(model, queue);
	}

	blocked(): string | undefined {
		return this.#publishing.lane.blocked() ?? (this.#state === 'up' ? undefined : 'connecting');
	}

	watch(listener: Listener): () => void {
		return this.#listeners.add(listener);
	}

	ask(answered: () => void): void {
		this.#question.ask(answered);
	}

	stop(): Promise<void> {
		this.#stopping ??= this.#stop();
		return this.#stopping;
	}

	async #stop(): Promise<void> {
		// In-hand handlers may still publish what their verdict depends on.
		await this.#subscriptions.cancel();
		await Promise.all(this.#outlets().map(({lane}) => lane.close('stopped')));
		await this.#close();
	}

	async #close(): Promise<void> {
		for (const end of this.#watches) end();
		this.#restorer.lose();
		await Promise.all([this.#consuming.close(), ...this.#outlets().map(outlet => outlet.close())]);
	}

	#outlets(): Outlet[] {
		return [this.#publishing, ...this.#replying.values()];
	}

	#model(): Promise<ChannelModel> {
		return this.#consuming.ready(this.#patience.patienceMs);
	}

	/** A queue of ours that was deleted is made again by who misses it first: a consumer, or a publish that finds none. */
	async #deliver(message: Outgoing, patienceMs: number): Promise<Published> {
		const {lane} = this.#publishing;
		const published = await lane.publish(message, patienceMs);
		const {exchange, key} = message;
		if (exchange === '') this.#mender.heard(key, published);
		if (published !== 'unroutable' || exchange !== '' || !this.#registry.queue(key)) return published;
		const since = this.#ambient.clock.now();
		await this.#remaker.make(key);
		const left = since + patienceMs - this.#ambient.clock.now();
		if (left < 0) throw new TransportDown(`A message was not sent: its queue ${key} was away for too long`);
		return lane.publish(message, left);
	}

	#replies(role: string): Outlet {
		const known = this.#replying.get(role);
		if (known) return known;
		const idle = () => {};
		const options = {role, ...this.#patience, prepare: async () => {}, up: idle, down: idle};
		const replying = new Outlet(this.#ambient, this.#address, options);
		this.#replying.set(role, replying);
		void replying.link.open();
		return replying;
	}

	async #resume(model: ChannelModel): Promise<void> {
		await this.#restorer.durable(model);
		await this.#restorer.exclusive(model);
		await this.#subscriptions.reattach(model);
	}

	#up(): void {
		const {model} = this.#consuming;
		if (!model || !this.#publishing.link.model) return;
		this.#subscriptions.ensure(model);
		if (this.#state === 'down') this.#listeners.tell('up');
		this.#state = 'up';
	}

	#down(why: string): void {
		this.#foreign.forget();
		if (!this.#consuming.model) {
			this.#restorer.lose();
			this.#subscriptions.detach();
		}
		if (this.#state === 'up') this.#listeners.tell('down', why);
		this.#state = 'down';
	}
}
