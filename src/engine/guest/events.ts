import {define} from './global.ts';

/** Event, CustomEvent, EventTarget and DOMException, as far as code without a document needs them. */
export function installEvents(): void {
	define('DOMException', DOMException);
	define('Event', Event);
	define('CustomEvent', CustomEvent);
	define('EventTarget', EventTarget);
}

const codes: Readonly<Record<string, number>> = {
	InvalidCharacterError: 5,
	SyntaxError: 12,
	AbortError: 20,
	TimeoutError: 23,
	DataCloneError: 25,
	QuotaExceededError: 22,
};

export class DOMException extends Error {
	readonly code: number;

	constructor(message = '', options: string | {readonly name?: string; readonly cause?: unknown} = 'Error') {
		super(message, typeof options === 'object' && 'cause' in options ? {cause: options.cause} : undefined);
		const name = typeof options === 'object' ? (options.name ?? 'Error') : `${options}`;
		Object.defineProperty(this, 'name', {value: name, configurable: true, writable: true});
		this.code = codes[name] ?? 0;
	}
}

type EventInit = {readonly bubbles?: boolean; readonly cancelable?: boolean; readonly composed?: boolean};

export class Event {
	readonly type: string;
	readonly bubbles: boolean;
	readonly cancelable: boolean;
	readonly composed: boolean;
	readonly timeStamp = Date.now();
	readonly isTrusted = false;
	target: EventTarget | null = null;
	currentTarget: EventTarget | null = null;
	defaultPrevented = false;
	stopped = false;

	constructor(type: string, {bubbles = false, cancelable = false, composed = false}: EventInit = {}) {
		this.type = `${type}`;
		this.bubbles = bubbles;
		this.cancelable = cancelable;
		this.composed = composed;
	}

	preventDefault(): void {
		if (this.cancelable) this.defaultPrevented = true;
	}

	stopImmediatePropagation(): void {
		this.stopped = true;
	}

	stopPropagation(): void {}

	composedPath(): EventTarget[] {
		return this.currentTarget ? [this.currentTarget] : [];
	}
}

class CustomEvent extends Event {
	readonly detail: unknown;

	constructor(type: string, init: EventInit & {readonly detail?: unknown} = {}) {
		super(type, init);
		this.detail = init.detail ?? null;
	}
}

type Listener = ((event: Event) => void) | {handleEvent(event: Event): void};
type Options =
	| boolean
	| {readonly once?: boolean; readonly capture?: boolean; readonly signal?: Signal}
	| undefined;
type Signal = EventTarget & {readonly aborted: boolean};
type Entry = {
	readonly listener: Listener;
	readonly once: boolean;
	readonly capture: boolean;
	removed: boolean;
};

export class EventTarget {
	readonly #entries = new Map<string, Entry[]>();

	addEventListener(type: string, listener: Listener | null, options?: Options): void {
		const {
			once = false,
			capture = false,
			signal,
		} = typeof options === 'object' ? options : {capture: options};
		if (!listener || signal?.aborted) return;
		const entries = this.#entries.get(type) ?? [];
		if (entries.some(entry => entry.listener === listener && entry.capture === capture)) return;
		this.#entries.set(type, [...entries, {listener, once, capture: capture === true, removed: false}]);
		signal?.addEventListener('abort', () => this.removeEventListener(type, listener, options), {once: true});
	}

	removeEventListener(type: string, listener: Listener | null, options?: Options): void {
		const capture = typeof options === 'object' ? options.capture === true : options === true;
		const entries = this.#entries.get(type) ?? [];
		const found = entries.find(entry => entry.listener === listener && entry.capture === capture);
		if (!found) return;
		found.removed = true;
		this.#entries.set(
			type,
			entries.filter(entry => entry !== found),
		);
	}

	dispatchEvent(event: Event): boolean {
		event.target = this;
		event.currentTarget = this;
		for (const entry of this.#entries.get(event.type) ?? []) {
			if (entry.removed) continue;
			if (entry.once) this.removeEventListener(event.type, entry.listener, entry.capture);
			tell(this, entry.listener, event);
			if (event.stopped) break;
		}
		event.currentTarget = null;
		return !event.defaultPrevented;
	}
}

/** A listener that throws must not keep the others from hearing: the error is reported as uncaught. */
function tell(target: EventTarget, listener: Listener, event: Event): void {
	try {
		if (typeof listener === 'function') listener.call(target, event);
		else listener.handleEvent(event);
	} catch (error) {
		queueMicrotask(() => {
			throw error;
		});
	}
}
