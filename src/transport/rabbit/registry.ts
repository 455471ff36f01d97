import type {Exchange, Queue, Topology} from '#transport/transport.ts';

/** What this transport has declared, to be declared again on a new connection. */
export class Registry {
	readonly #exchanges = new Map<string, Exchange>();
	readonly #queues = new Map<string, Queue>();

	add({exchanges, queues}: Topology): void {
		for (const exchange of exchanges) this.#exchanges.set(exchange.name, exchange);
		for (const queue of queues) this.#queues.set(queue.name, queue);
	}

	forget(queue: string): void {
		this.#queues.delete(queue);
	}

	knowsExchange(name: string): boolean {
		return name === '' || this.#exchanges.has(name);
	}

	queue(name: string): Queue | undefined {
		return this.#queues.get(name);
	}

	/** What outlives a connection. */
	durable(): Topology {
		return {exchanges: [...this.#exchanges.values()], queues: this.#which(false)};
	}

	exclusive(): readonly Queue[] {
		return this.#which(true);
	}

	#which(exclusive: boolean): Queue[] {
		return [...this.#queues.values()].filter(queue => (queue.exclusive ?? false) === exclusive);
	}
}
