// The state of the in-process broker: what is declared, and the way of a message through it.
import type {Ambient} from '#observe/observe.ts';
import {checkShape} from '#transport/shape.ts';
import type {Death, Exchange, Outgoing, Published, Queue, Topology} from '#transport/transport.ts';
import {TopologyError} from '#transport/transport.ts';
import {MemoryExchange} from './exchange.ts';
import {Expiry} from './expiry.ts';
import type {Letter} from './letter.ts';
import {Pump} from './pump.ts';
import {MemoryQueue, type QueueWorld} from './queue.ts';
import type {Subscription} from './subscription.ts';

/** Whom an exclusive queue belongs to: a connection. */
export type Owner = object;

/** A dead letter whose exchange has no queue for it yet. */
type Stranded = {readonly letter: Letter; readonly exchange: string; readonly key: string};

const nobody: readonly MemoryQueue[] = [];
const nothing = {};

export class Broker implements QueueWorld {
	readonly pump = new Pump();
	readonly expiry: Expiry;
	readonly #log: Ambient['log'];
	readonly #exchanges = new Map<string, MemoryExchange>();
	readonly #queues = new Map<string, MemoryQueue>();
	readonly #owners = new Map<MemoryQueue, Owner>();
	// Kept until somebody declares a queue for them, as RabbitMQ does with its at-least-once strategy.
	#stranded: Stranded[] = [];

	constructor({log, clock}: Ambient) {
		this.#log = log;
		this.expiry = new Expiry(clock);
	}

	/** @throws TopologyError when something exists with another shape or belongs to another connection */
	declare({exchanges, queues}: Topology, owner: Owner): void {
		for (const exchange of exchanges) this.#declareExchange(exchange);
		for (const queue of queues) this.#declareQueue(queue, owner);
		const stranded = this.#stranded;
		this.#stranded = [];
		for (const {letter, exchange, key} of stranded) this.#deadLetter(letter, exchange, key);
	}

	/** @throws TopologyError when there is no such exchange */
	publish({exchange, key, body, properties = nothing}: Outgoing): Published {
		const targets = this.#route(exchange, key);
		if (!targets) throw new TopologyError(`Exchange \`${exchange}\` does not exist: declare it first`);
		if (targets.length === 0) return 'unroutable';
		const letter = {exchange, key, body, properties};
		let published: Published = 'taken';
		for (const queue of targets) {
			if (queue.full) published = 'refused';
			else queue.enqueue(letter);
		}
		return published;
	}

	/** @throws TopologyError when the queue belongs to another connection */
	find(name: string, owner: Owner): MemoryQueue | undefined {
		const queue = this.#queues.get(name);
		const holder = queue && this.#owners.get(queue);
		if (holder && holder !== owner) {
			throw new TopologyError(`Queue \`${name}\` is exclusive to another connection`);
		}
		return queue;
	}

	/** Deletes a queue with all in it; says who was subscribed. */
	remove(queue: MemoryQueue): readonly Subscription[] {
		this.#queues.delete(queue.shape.name);
		this.#owners.delete(queue);
		for (const exchange of this.#exchanges.values()) exchange.unbind(queue);
		return queue.close();
	}

	/** What a lost connection leaves behind: its exclusive queues are gone. */
	disown(owner: Owner): void {
		for (const [queue, holder] of this.#owners) if (holder === owner) this.remove(queue);
	}

	bury(letter: Letter, {name, deadLetterExchange, deadLetterKey}: Queue, reason: Death['reason']): void {
		if (deadLetterExchange === undefined) return;
		// The time to live was for the queue where it died; the next one would expire it again.
		const {expiration: _, ...properties} = letter.properties;
		const death = {reason, queue: name, exchange: letter.exchange, key: letter.key};
		this.#deadLetter({...letter, properties, death}, deadLetterExchange, deadLetterKey ?? letter.key);
	}

	#deadLetter(letter: Letter, exchange: string, key: string): void {
		const targets = this.#route(exchange, key) ?? nobody;
		if (targets.length === 0) {
			this.#log.warn({exchange, key, death: letter.death}, 'no queue takes this dead letter: kept');
			this.#stranded.push({letter, exchange, key});
			return;
		}
		// A dead letter is taken over any bound: refusing it would lose it.
		for (const queue of targets) queue.enqueue({...letter, exchange, key});
	}

	#route(exchange: string, key: string): readonly MemoryQueue[] | undefined {
		if (exchange !== '') return this.#exchanges.get(exchange)?.route(key);
		const queue = this.#queues.get(key);
		return queue ? [queue] : nobody;
	}

	#declareExchange(shape: Exchange): void {
		const known = this.#exchanges.get(shape.name)?.shape.type;
		if (known !== undefined && known !== shape.type) {
			throw new TopologyError(
				`Exchange \`${shape.name}\` exists with another shape: its type is ${known}, expected ${shape.type}`,
			);
		}
		if (known === undefined) this.#exchanges.set(shape.name, new MemoryExchange(shape));
	}

	#declareQueue(shape: Queue, owner: Owner): void {
		checkShape(shape);
		const known = this.find(shape.name, owner);
		if (known) compare(known.shape, shape);
		const queue = known ?? new MemoryQueue(shape, this);
		for (const {exchange, key} of shape.bindings ?? []) {
			const source = this.#exchanges.get(exchange);
			if (!source) {
				throw new TopologyError(`Queue \`${shape.name}\`: exchange \`${exchange}\` does not exist`);
			}
			source.bind(queue, key);
		}
		if (known) return;
		this.#queues.set(shape.name, queue);
		if (shape.exclusive) this.#owners.set(queue, owner);
	}
}

const compared = [
	'type',
	'exclusive',
	'deadLetterExchange',
	'deadLetterKey',
	'deliveryLimit',
	'maxBytes',
	'maxLength',
	'messageTtlMs',
	'singleActiveConsumer',
] as const satisfies readonly (keyof Queue)[];

function compare(known: Queue, asked: Queue): void {
	const differs = compared.find(field => (known[field] ?? false) !== (asked[field] ?? false));
	if (!differs) return;
	const [is, expected] = [known[differs] ?? 'not set', asked[differs] ?? 'not set'];
	throw new TopologyError(
		`Queue \`${known.name}\` exists with another shape: its ${differs} is ${is}, expected ${expected}. ` +
			'Delete the queue or use another prefix',
	);
}
