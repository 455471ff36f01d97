import type {Exchange} from '#transport/transport.ts';
import type {MemoryQueue} from './queue.ts';

/** Keys come from producers: the memory of routes already found must not grow without bound. */
const mostRoutes = 10_000;

type Binding = {readonly key: string; readonly queue: MemoryQueue; readonly fits: (key: string) => boolean};

export class MemoryExchange {
	readonly shape: Exchange;
	#bindings: Binding[] = [];
	/** Routes found since the bindings last changed. */
	readonly #routes = new Map<string, readonly MemoryQueue[]>();

	constructor(shape: Exchange) {
		this.shape = shape;
	}

	bind(queue: MemoryQueue, key: string): void {
		if (this.#bindings.some(binding => binding.queue === queue && binding.key === key)) return;
		this.#bindings.push({key, queue, fits: this.#matcher(key)});
		this.#routes.clear();
	}

	unbind(queue: MemoryQueue): void {
		this.#bindings = this.#bindings.filter(binding => binding.queue !== queue);
		this.#routes.clear();
	}

	/** The queues for a key, each once. */
	route(key: string): readonly MemoryQueue[] {
		const known = this.#routes.get(key);
		if (known) return known;
		const found = [...new Set(this.#bindings.filter(({fits}) => fits(key)).map(({queue}) => queue))];
		if (this.#routes.size >= mostRoutes) this.#routes.clear();
		this.#routes.set(key, found);
		return found;
	}

	#matcher(pattern: string): (key: string) => boolean {
		if (this.shape.type === 'fanout') return () => true;
		if (this.shape.type === 'direct' || !/[*#]/.test(pattern)) return key => key === pattern;
		const words = pattern.split('.');
		return key => fitsTopic(words, key.split('.'));
	}
}

/** `*` stands for exactly one word, `#` for any number of words, none included. */
function fitsTopic(pattern: readonly string[], words: readonly string[]): boolean {
	// reach[i]: the pattern read so far can end after i words. One pass for each word of the
	// pattern, so a hostile pattern of many `#` costs no more than its length.
	let reach = words.map(() => false);
	reach = [true, ...reach];
	for (const part of pattern) {
		const next = reach.map(() => false);
		for (let at = 0; at <= words.length; at += 1) {
			const before = at > 0 && reach[at - 1] === true;
			if (part === '#') next[at] = reach[at] === true || (at > 0 && next[at - 1] === true);
			else next[at] = before && (part === '*' || part === words[at - 1]);
		}
		reach = next;
	}
	return reach[words.length] === true;
}
