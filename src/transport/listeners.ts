import type {Logger} from '#observe/observe.ts';

export type Listener = (state: 'up' | 'down', why?: string) => void;

/** Those who watch a connection. One that throws has a bug; it must not keep the connection from coming back. */
export class Listeners {
	readonly #log: Logger;
	readonly #listeners = new Set<Listener>();

	constructor(log: Logger) {
		this.#log = log;
	}

	/** The returned function ends it. */
	add(listener: Listener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	tell(state: 'up' | 'down', why?: string): void {
		for (const listener of this.#listeners) {
			try {
				listener(state, why);
			} catch (error) {
				this.#log.error({err: error, state}, 'a listener of the connection threw');
			}
		}
	}
}
