import type {Ambient} from '#observe/observe.ts';
import {type Listener, Listeners} from '#transport/listeners.ts';
import {checkOutgoing} from '#transport/outgoing.ts';
import {
	type ConsumeOptions,
	type Consumer,
	type Exchange,
	type Handler,
	type Outgoing,
	type Published,
	type PublishOptions,
	type Queue,
	type Topology,
	TopologyError,
	type Transport,
	TransportDown,
} from '#transport/transport.ts';
import type {Broker} from './broker.ts';
import {Patience} from './patience.ts';
import {Subscription} from './subscription.ts';

// What most publishes resolve to, made once.
const taken = Promise.resolve<Published>('taken');

/** A transport of the in-process broker. */
export class Connection implements Transport {
	readonly durable = false;
	readonly #ambient: Ambient;
	readonly #broker: Broker;
	/** What is declared again when the connection comes back. */
	readonly #exchanges = new Map<string, Exchange>();
	readonly #queues = new Map<string, Queue>();
	readonly #subscriptions = new Set<Subscription>();
	readonly #listeners: Listeners;
	/** Why nothing can be asked any more. */
	#dead: string | undefined;
	/** The connection is lost, and will be back. */
	#isAway = false;
	readonly #patience: Patience;
	#stopping: Promise<void> | undefined;
	/** Tells the hub that a queue was deleted under somebody else's consumers. */
	readonly #orphaned: (orphans: readonly Subscription[]) => void;

	constructor(ambient: Ambient, broker: Broker, orphaned: (orphans: readonly Subscription[]) => void) {
		this.#ambient = ambient;
		this.#listeners = new Listeners(ambient.log);
		this.#broker = broker;
		this.#orphaned = orphaned;
		this.#patience = new Patience(ambient.clock, message => broker.publish(message));
	}

	async declare(topology: Topology): Promise<void> {
		this.#check();
		this.#broker.declare(topology, this);
		for (const exchange of topology.exchanges) this.#exchanges.set(exchange.name, exchange);
		for (const queue of topology.queues) this.#queues.set(queue.name, queue);
		this.#resubscribe();
	}

	publish(message: Outgoing, options?: PublishOptions): Promise<Published> {
		try {
			if (!this.#isAway) this.#check();
			checkOutgoing(message);
			if (this.#isAway) {
				return options?.confirm === false ? taken : this.#patience.wait(message, options?.patienceMs);
			}
			const published = this.#broker.publish(message);
			return published === 'taken' || options?.confirm === false ? taken : Promise.resolve(published);
		} catch (error) {
			return Promise.reject(error);
		}
	}

	async consume(name: string, options: ConsumeOptions, handle: Handler): Promise<Consumer> {
		this.#check();
		if (this.#stopping) throw new TransportDown('The connection to the in-process broker is stopping');
		const subscription = new Subscription(this.#ambient, name, options, handle);
		const queue = this.#broker.find(name, this);
		if (!queue) throw new TopologyError(`Queue \`${name}\` does not exist: declare it before consuming it`);
		this.#subscriptions.add(subscription);
		queue.subscribe(subscription);
		return {
			cancel: () => {
				this.#subscriptions.delete(subscription);
				return subscription.cancel();
			},
		};
	}

	async depth(name: string): Promise<number | undefined> {
		this.#check();
		return this.#broker.find(name, this)?.depth;
	}

	async remove(name: string): Promise<void> {
		this.#check();
		const queue = this.#broker.find(name, this);
		this.#queues.delete(name);
		if (queue) this.#orphaned(this.#broker.remove(queue));
	}

	blocked(): string | undefined {
		return this.#dead;
	}

	watch(listener: Listener): () => void {
		return this.#listeners.add(listener);
	}

	ask(answered: () => void): void {
		if (!this.#dead) answered();
	}

	stop(): Promise<void> {
		this.#stopping ??= this.#stop();
		return this.#stopping;
	}

	/** Loses the connection: until `restore`, or for good, as if the process had died. */
	lose(why: string, comesBack = false): void {
		this.#isAway = comesBack;
		if (!comesBack) this.#patience.giveUp(`the connection is ${why}`);
		if (this.#dead) return;
		this.#dead = why;
		// Nobody of this connection may take what another of its consumers gives back.
		for (const subscription of this.#subscriptions) subscription.queue?.unsubscribe(subscription);
		for (const subscription of this.#subscriptions) subscription.lose();
		this.#broker.disown(this);
		this.#listeners.tell('down', why);
	}

	/** Declares and consumes again all that was. */
	restore(): void {
		if (this.#stopping || !this.#isAway) return;
		this.#isAway = false;
		this.#dead = undefined;
		const topology = {exchanges: [...this.#exchanges.values()], queues: [...this.#queues.values()]};
		this.#broker.declare(topology, this);
		this.#resubscribe();
		this.#patience.send();
		this.#listeners.tell('up');
	}

	/** Puts back a consumer whose queue was deleted, if the queue is one that this connection declares. */
	adopt(orphan: Subscription): void {
		if (this.#dead || !this.#subscriptions.has(orphan)) return;
		const shape = this.#queues.get(orphan.queueName);
		if (shape) this.#broker.declare({exchanges: [], queues: [shape]}, this);
		this.#resubscribe();
	}

	#resubscribe(): void {
		for (const subscription of this.#subscriptions) {
			if (subscription.queue) continue;
			this.#broker.find(subscription.queueName, this)?.subscribe(subscription);
		}
	}

	async #stop(): Promise<void> {
		// In-hand handlers may still publish what their verdict depends on.
		await Promise.all([...this.#subscriptions].map(subscription => subscription.cancel()));
		this.#subscriptions.clear();
		this.#isAway = false;
		this.#patience.giveUp('the connection is stopped');
		this.#dead ??= 'stopped';
		this.#broker.disown(this);
	}

	#check(): void {
		if (this.#dead) throw new TransportDown(`The connection to the in-process broker is ${this.#dead}`);
	}
}
