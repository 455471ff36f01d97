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
/** CPU outside of calls: more than copying the largest inputs takes is work that earlier calls left behind. */
const leftoverMs = 250;
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

const nobody = -1;
/** Why we ended the isolate, and the call that it is charged to. */
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
		if (this.inside === index) {
			this.#end(index, fail('CANCELLED'));
			return;
		}
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
		const {inside} = this;
		if (this.#kill) this.#checkStuck(list, this.#kill, now);
		else if (inside < 0 || list.over) this.#checkLeftover(list, now);
		else if (list.isStopped(inside)) this.#end(nobody, fail('CANCELLED'));
		else if (inside === list.next) this.#checkLimits(list, now);
		// Else its predecessor's end is still on its way to us, and with it the start of its clocks.
	}

	#checkLimits(list: CallList, now: number): void {
		const call = list.calls[list.next];
		if (!call) return;
		const cpuMs = list.cpuMs(this.#readCpu());
		if (list.wallMs(now) > call.wallMs) this.#end(list.next, overran('TIMEOUT', 'wall', call.wallMs));
		else if (cpuMs > call.cpuMs) this.#end(list.next, overran('CPU_LIMIT', 'CPU', call.cpuMs));
	}

	/** Before the first call begins or after the last one ended, CPU is used by what earlier calls left. */
	#checkLeftover(list: CallList, now: number): void {
		const cpu = this.#readCpu();
		const used = list.cpuMs(cpu);
		// In a new sandbox there were no earlier calls: the module itself did it, and would again.
		if (used > leftoverMs) this.#end(this.#wasUsed(list) ? nobody : list.next, fail('CPU_LIMIT'));
		else if (!list.over && used < 1) list.postpone(now, cpu);
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
		if (list.over || (!begun && this.#wasUsed(list))) return;
		this.#tell(list, this.#blank.isolate.isDisposed ? outOfMemory(this.#blank.memoryMb) : unknownEnd(error));
	}

	#wasUsed(list: CallList): boolean {
		return this.#used || list.next > 0;
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
		const logs = this.#log.take(Number(cutLines), Number(cut));
		if (list.isStopped(index)) return;
		if (index !== list.next || typeof text !== 'string') {
			this.#end(nobody, fail('INTERNAL'));
			return;
		}
		const ended = kind === 0 ? resultOf(text) : {failure: failureOf(text, this.#options.mapper)};
		list.end(index, {...ended, ...(logs ? {logs} : {})}, this.#readCpu(), this.#heapBytes);
		if (leftover !== false) this.#end(nobody, fail('INTERNAL'));
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
