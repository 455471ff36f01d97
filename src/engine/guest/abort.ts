import {DOMException, Event, EventTarget} from './events.ts';
import {define} from './global.ts';
import type {Timers} from './timers.ts';

/** AbortController and AbortSignal with abort(), timeout() and any(). */
export function installAbort({setBackground}: Timers): void {
	const key = Symbol('abort');

	class AbortSignal extends EventTarget {
		#aborted = false;
		#reason: unknown;
		onabort: ((event: Event) => void) | null = null;

		constructor(allowed?: symbol) {
			super();
			if (allowed !== key) throw new TypeError('Illegal constructor');
		}

		get aborted(): boolean {
			return this.#aborted;
		}

		get reason(): unknown {
			return this.#reason;
		}

		throwIfAborted(): void {
			if (this.#aborted) throw this.#reason;
		}

		[key](reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
			if (this.#aborted) return;
			this.#aborted = true;
			this.#reason = reason;
			const event = new Event('abort');
			this.onabort?.(event);
			this.dispatchEvent(event);
		}

		static abort(reason?: unknown): AbortSignal {
			const signal = new AbortSignal(key);
			signal[key](reason);
			return signal;
		}

		static timeout(delay: number): AbortSignal {
			const signal = new AbortSignal(key);
			const reason = () => new DOMException('The operation was aborted due to timeout', 'TimeoutError');
			setBackground(() => signal[key](reason()), delay);
			return signal;
		}

		static any(signals: Iterable<AbortSignal>): AbortSignal {
			const joined = new AbortSignal(key);
			for (const signal of signals) {
				if (signal.aborted) joined[key](signal.reason);
				else signal.addEventListener('abort', () => joined[key](signal.reason), {once: true});
			}
			return joined;
		}
	}

	class AbortController {
		readonly signal = new AbortSignal(key);

		abort(reason?: unknown): void {
			this.signal[key](reason);
		}
	}

	define('AbortSignal', AbortSignal);
	define('AbortController', AbortController);
}
