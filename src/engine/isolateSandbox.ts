import {type Failure, fail} from '#actors/failure.ts';
import {outOfMemory, overran, resultOf, unknownEnd} from './callEnd.ts';
import {CallList} from './callList.ts';
import {type CallLog, createCallLog} from './callLog.ts';
import type {Call, RunWatch, Sandbox} from './engine.ts';
import {failureOf} from './guestFailure.ts';
import type {Blank} from './isolateBlank.ts';
import type {StackMapper} from './stack.ts';
import type {Ticker} from './ticker.ts';
import {createWaker, type Waker} from './waker.ts';

// Two clocks watch a call: isolated-vm's `timeout` ends a slice of CPU that never yields, and the ticker
// ends what that can't see (waiting, continuations, getters) by disposing the isolate. The ticker alone
// would do; the timeout is the second net, so it is given a little more than the limits allow.
const graceMs = 1000;
const longestTimeout = 2 ** 31 - 1;
/** A disposed isolate that has not let go after this long never will. */
const stuckMs = 500;
/** What earlier calls may still use of the CPU before we say that they left work behind. */
const leftoverMs = 40;
const measureEveryMs = 250;
/** A sandbox whose heap is fuller than this is not used again: the next call would pay for it. */
const fullest = 0.8;

export type SandboxOptions = {
	readonly blank: Blank;
	readonly heapBytes: number;
	readonly mapper: StackMapper;
	readonly ticker: Ticker;
	readonly now: () => number;
	closed(sandbox: Sandbox): void;
	/** The isolate is beyond rescue and nobody was inside. */
	broken(failure: Failure): void;
};

/** Why we ended the isolate: `index` is the call it is charged to, -1 where it is nobody's. */
type Kill = {readonly index: number; readonly failure: Failure; readonly at: number; told: boolean};

/** One isolate with one version loaded in it. */
export class IsolateSandbox implements Sandbox {
	readonly #options: SandboxOptions;
	readonly #blank: Blank;
	readonly #log: CallLog;
	#list: CallList | undefined;
	#kill: Kill | undefined;
	#spent = false;
	#used = false;
	#cpu = 0n;
	#heapBytes: number;
	#measuredAt = performance.now();
	readonly #waker: Waker;

	constructor(options: SandboxOptions) {
		this.#options = options;
		this.#blank = options.blank;
		this.#heapBytes = options.heapBytes;
		this.#log = createCallLog(options.now);
		this.#waker = createWaker(options.blank);
		this.#blank.listener = {
			emit: (...told) => this.#emit(...told),
			log: (at, level, text) => this.#log.add(at, level, text),
			wake: delayMs => this.#waker.wish(delayMs),
			catastrophe: message => this.#catastrophe(message),
		};
	}

	get spent(): boolean {
		return this.#spent || this.#blank.isolate.isDisposed;
	}

	get heapBytes(): number {
		return this.#heapBytes;
	}

	get inside(): number {
		return this.#list ? (this.#blank.marks[0] ?? 0) - 1 : -1;
	}

	async run(calls: readonly Call[], watch: RunWatch): Promise<void> {
		if (this.#list || this.spent) throw new Error('Expected a sandbox that is idle and not spent');
		this.#blank.marks.fill(0);
		const list = new CallList(calls, this.#readCpu(), watch);
		this.#list = list;
		const unwatch = this.#options.ticker.watch(this);
		try {
			const options = {timeout: timeoutOf(calls), result: {promise: true}} as const;
			await this.#blank.run.apply(undefined, argumentsOf(calls), options);
		} catch (error) {
			this.#broke(list, error);
		}
		unwatch();
		this.#waker.rest();
		this.#list = undefined;
		this.#used = true;
		if (!list.over) this.#spent = true;
		if (!this.spent) this.#measure();
	}

	stop(index: number): void {
		const list = this.#list;
		if (!list || list.isTold(index)) return;
		if (this.inside === index) return this.#end(index, fail('CANCELLED'));
		// It may begin at this very moment in spite of its mark: then `tick` ends it.
		this.#blank.marks[index + 1] = 1;
		list.skip(index, this.#heapBytes);
	}

	close(): void {
		this.#spent = true;
		this.#waker.rest();
		this.#dispose();
		this.#options.closed(this);
	}

	tick(now: number): void {
		const list = this.#list;
		if (!list) return;
		if (this.#kill) return this.#checkStuck(list, this.#kill, now);
		const {inside} = this;
		if (inside < 0 || list.over) return this.#checkLeftover(list, now);
		if (list.isStopped(inside)) return this.#end(-1, fail('CANCELLED'));
		const call = list.calls[inside];
		// Its predecessor's end is still on its way to us, and with it the start of its clocks.
		if (!call || inside !== list.next) return;
		const wallMs = list.wallMs(now);
		const cpuMs = list.cpuMs(this.#readCpu());
		if (wallMs > call.wallMs) return this.#end(inside, overran('TIMEOUT', 'wall', call.wallMs));
		if (cpuMs > call.cpuMs) this.#end(inside, overran('CPU_LIMIT', 'CPU', call.cpuMs));
	}

	/** Before the first call begins or after the last one ended, CPU is used by what earlier calls left. */
	#checkLeftover(list: CallList, now: number): void {
		const cpu = this.#readCpu();
		const used = list.cpuMs(cpu);
		// In a new sandbox there were no earlier calls: the module itself did it, and would again.
		if (used > leftoverMs) return this.#end(this.#used ? -1 : list.next, fail('CPU_LIMIT'));
		if (!list.over && used < 1) list.postpone(now, cpu);
	}

	#checkStuck(list: CallList, kill: Kill, now: number): void {
		if (kill.told || now - kill.at < stuckMs) return;
		kill.told = true;
		list.watch.stuck(kill.index, kill.failure);
	}

	#end(index: number, failure: Failure): void {
		this.#readCpu();
		this.#kill = {index, failure, at: performance.now(), told: false};
		this.#spent = true;
		this.#dispose();
	}

	#broke(list: CallList, error: unknown): void {
		this.#spent = true;
		if (this.#kill) {
			if (this.#kill.index === list.next) this.#tell(list, this.#kill.failure);
			return;
		}
		const begun = (this.#blank.marks[0] ?? 0) - 1 === list.next;
		// Not begun in a used sandbox: what filled it was left by others, and another sandbox will do.
		if (list.over || (!begun && this.#used)) return;
		this.#tell(list, this.#blank.isolate.isDisposed ? outOfMemory(this.#blank.memoryMb) : unknownEnd(error));
	}

	#tell(list: CallList, failure: Failure): void {
		const logs = this.#log.take(0, 0);
		list.end(list.next, {failure, ...(logs ? {logs} : {})}, this.#readCpu(), this.#heapBytes);
	}

	/** What the guest tells of a call's end. Hostile: an end that does not fit ends the sandbox. */
	#emit(
		index: unknown,
		kind: unknown,
		text: unknown,
		leftover: unknown,
		cutLines: unknown,
		cut: unknown,
	): void {
		const list = this.#list;
		if (!list || typeof index !== 'number') return;
		if (list.isStopped(index)) return void this.#log.take(0, 0);
		if (index !== list.next || typeof text !== 'string') return this.#end(-1, fail('INTERNAL'));
		const logs = this.#log.take(Number(cutLines), Number(cut));
		const ended = kind === 0 ? resultOf(text) : {failure: failureOf(text, this.#options.mapper)};
		list.end(index, {...ended, ...(logs ? {logs} : {})}, this.#readCpu(), this.#heapBytes);
		if (leftover !== false) this.#end(-1, fail('INTERNAL'));
	}

	#catastrophe(message: string): void {
		this.#spent = true;
		const failure = /memory/i.test(message) ? outOfMemory(this.#blank.memoryMb) : fail('CRASHED');
		if (this.#kill) this.#kill.told = true;
		const list = this.#list;
		if (list) list.watch.stuck(this.#kill?.index ?? list.next, this.#kill?.failure ?? failure);
		else this.#options.broken(failure);
	}

	#readCpu(): bigint {
		if (!this.#blank.isolate.isDisposed) this.#cpu = this.#blank.isolate.cpuTime;
		return this.#cpu;
	}

	#dispose(): void {
		if (!this.#blank.isolate.isDisposed) this.#blank.isolate.dispose();
	}

	/** Not awaited, and not after every list: it is a trip to the isolate's thread. */
	#measure(): void {
		const now = performance.now();
		if (now - this.#measuredAt < measureEveryMs) return;
		this.#measuredAt = now;
		this.#blank.isolate.getHeapStatistics().then(
			heap => {
				this.#heapBytes = heap.used_heap_size + heap.externally_allocated_size;
				if (this.#heapBytes > this.#blank.memoryMb * 1024 * 1024 * fullest) this.#spent = true;
			},
			() => {
				this.#spent = true;
			},
		);
	}
}

function argumentsOf(calls: readonly Call[]): (string | number | null)[] {
	const flat: (string | number | null)[] = [calls.length];
	for (const {task, attempt, deadline, input} of calls)
		flat.push(task, attempt, deadline, input.toString('utf8'));
	return flat;
}

function timeoutOf(calls: readonly Call[]): number {
	let sum = graceMs;
	for (const {wallMs, cpuMs} of calls) sum += Math.min(wallMs, cpuMs);
	return Math.min(Math.ceil(sum), longestTimeout);
}
