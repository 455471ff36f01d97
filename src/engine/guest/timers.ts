import {
	apply,
	floor,
	mapDelete,
	mapGet,
	mapSet,
	max,
	now,
	promiseThen,
	resolved,
	SafeMap,
} from './primordials.ts';

type Callback = (...args: unknown[]) => unknown;
type Timer = {
	readonly id: number;
	due: number;
	readonly every: number | undefined;
	readonly call: Callback;
	readonly args: unknown[];
	/** Nobody waits for it: it is no leftover work (`AbortSignal.timeout`). */
	readonly background: boolean;
	/** Set while the module was loaded, and lives with it. */
	readonly ofModule: boolean;
	dead: boolean;
};

export type Timers = ReturnType<typeof createTimers>;

// Wishes to be woken before the host has answered one: beyond this many we are woken every
// millisecond instead, so that a loop of clearTimeout and setTimeout can't flood the host.
const mostWishes = 64;

/**
 * Timers on one wish: the host is asked to call `wake` when the earliest is due. `wake` runs one
 * timer and asks again, so that its microtasks are done before the next one runs.
 */
export function createTimers(ask: (delayMs: number) => void, uncaught: (error: unknown) => void) {
	const alive = new SafeMap<number, Timer>();
	let heap: Timer[] = [];
	let size = 0;
	let lastId = 0;
	let asked = Number.POSITIVE_INFINITY;
	let wishes = 0;
	let loading = true;

	function add(call: unknown, delay: unknown, args: unknown[], repeat: boolean, background = false): number {
		if (typeof call !== 'function') throw new TypeError('Expected the callback of a timer to be a function');
		// At least one millisecond, as in Node: a loop of timers must not keep the host busy.
		const wait = max(1, floor(Number(delay)) || 0);
		const every = repeat ? wait : undefined;
		const timer: Timer = {
			id: ++lastId,
			due: now() + wait,
			every,
			call: call as Callback,
			args,
			background,
			ofModule: loading,
			dead: false,
		};
		mapSet(alive, timer.id, timer);
		push(timer);
		wish();
		return timer.id;
	}

	function clear(id: unknown): void {
		const timer = mapGet(alive, id as number);
		if (!timer) return;
		timer.dead = true;
		mapDelete(alive, timer.id);
	}

	/** A call begins. */
	function begin(): void {
		loading = false;
		asked = Number.POSITIVE_INFINITY;
		wish();
	}

	/** A call is over, and with it all timers that it set. True if one was left that somebody waits for. */
	function end(): boolean {
		if (size === 0) return false;
		const old = heap;
		const count = size;
		let left = false;
		heap = [];
		size = 0;
		for (let at = 0; at < count; at++) {
			const timer = old[at] as Timer;
			if (timer.dead) continue;
			if (timer.ofModule) push(timer);
			else mapDelete(alive, timer.id);
			left ||= !timer.background && !timer.ofModule;
		}
		return left;
	}

	function wake(): void {
		asked = Number.POSITIVE_INFINITY;
		wishes = 0;
		drop();
		const timer = heap[0];
		if (size > 0 && timer && timer.due <= now()) {
			pop();
			fire(timer);
		}
		drop();
		wish();
	}

	function fire(timer: Timer): void {
		if (timer.every === undefined) mapDelete(alive, timer.id);
		try {
			apply(timer.call, undefined, timer.args);
		} catch (error) {
			uncaught(error);
		}
		if (timer.every === undefined || timer.dead) return;
		timer.due = now() + timer.every;
		push(timer);
	}

	function drop(): void {
		while (size > 0 && (heap[0] as Timer).dead) pop();
	}

	function wish(): void {
		if (size === 0) return;
		const due = (heap[0] as Timer).due;
		if (due >= asked) return;
		wishes += 1;
		const wait = wishes > mostWishes ? 1 : max(0, due - now());
		asked = wishes > mostWishes ? 0 : due;
		ask(wait);
	}

	// A binary heap by due time, then by age.
	function push(timer: Timer): void {
		let at = size++;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (!before(timer, heap[parent] as Timer)) break;
			heap[at] = heap[parent] as Timer;
			at = parent;
		}
		heap[at] = timer;
	}

	function pop(): void {
		const last = heap[--size] as Timer;
		heap.length = size;
		if (size === 0) return;
		let at = 0;
		for (;;) {
			let child = 2 * at + 1;
			if (child >= size) break;
			if (child + 1 < size && before(heap[child + 1] as Timer, heap[child] as Timer)) child += 1;
			if (!before(heap[child] as Timer, last)) break;
			heap[at] = heap[child] as Timer;
			at = child;
		}
		heap[at] = last;
	}

	function queueMicrotask(call: unknown): void {
		if (typeof call !== 'function')
			throw new TypeError('Expected the callback of queueMicrotask to be a function');
		promiseThen(promiseThen(resolved, call as Callback), () => {}, uncaught);
	}

	return {
		clear: (id?: unknown) => clear(id),
		begin,
		end,
		wake,
		queueMicrotask: (call: unknown) => queueMicrotask(call),
		setTimeout: (call: unknown, delay?: unknown, ...args: unknown[]) => add(call, delay, args, false),
		setInterval: (call: unknown, delay?: unknown, ...args: unknown[]) => add(call, delay, args, true),
		setBackground: (call: () => void, delay: number) => add(call, delay, [], false, true),
	};
}

function before(a: Timer, b: Timer): boolean {
	return a.due < b.due || (a.due === b.due && a.id < b.id);
}
