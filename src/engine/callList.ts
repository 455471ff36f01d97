import {type Failure, fail} from '#actors/failure.ts';
import {overran, resultOf} from './callEnd.ts';
import type {CallLog} from './callLog.ts';
import type {Call, CallOutcome, CallUsage, RunWatch} from './engine.ts';
import type {Emit} from './guest/host.ts';
import {failureOf} from './guestFailure.ts';
import type {StackMapper} from './stack.ts';

type Told = Pick<CallOutcome, 'result' | 'failure' | 'logs'>;

/** What the sandbox has used in all its life: CPU in ns, and calls of the host. */
export type Used = {readonly cpu: bigint; readonly hostCalls: number};

/** What comes as the arguments of `emit` (guest/host.ts): any type, any size. */
export type Words = Unknown<Parameters<Emit>>;
type Unknown<T> = {[K in keyof T]: unknown};

/** What is known when the guest tells something. */
export type About = {
	readonly used: Used;
	readonly heapBytes: number;
	readonly log: CallLog;
	readonly mapper: StackMapper;
};

/**
 * One list of calls inside a sandbox: which were told of, and what each used. Calls run one after the
 * other, so what was used between two ends belongs to the second.
 */
export class CallList {
	readonly calls: readonly Call[];
	readonly watch: RunWatch;
	readonly #told: boolean[];
	readonly #stopped: boolean[];
	// The first call that was not told of; its clocks began at #startedAt and #cpuAt, its count at #hostCallsAt.
	#next = 0;
	#startedAt: number;
	#cpuAt: bigint;
	#hostCallsAt: number;

	constructor(calls: readonly Call[], {cpu, hostCalls}: Used, watch: RunWatch) {
		this.calls = calls;
		this.watch = watch;
		this.#told = calls.map(() => false);
		this.#stopped = calls.map(() => false);
		this.#startedAt = performance.now();
		this.#cpuAt = cpu;
		this.#hostCallsAt = hostCalls;
	}

	/** The first call that has not ended; as long as the list when all have. */
	get next(): number {
		return this.#next;
	}

	get over(): boolean {
		return this.#next >= this.calls.length;
	}

	/** The call whose limits count now, and that pays for what happens now. */
	get current(): number {
		return this.#next;
	}

	/** A look has found this call inside. */
	saw(_inside: number, _now: number, _cpu: bigint): void {}

	/** It was stopped before it began. */
	isStopped(index: number): boolean {
		return this.#stopped[index] === true;
	}

	isTold(index: number): boolean {
		return this.#told[index] !== false;
	}

	wallMs(now: number): number {
		return now - this.#startedAt;
	}

	cpuMs(cpu: bigint): number {
		return Number(cpu - this.#cpuAt) / 1e6;
	}

	/** How the next call is over one of its limits; undefined: it is not. */
	overrun(now: number, cpu: bigint): Failure | undefined {
		const call = this.calls[this.#next];
		if (!call) return undefined;
		if (this.wallMs(now) > call.wallMs) return overran('TIMEOUT', 'wall', call.wallMs);
		return this.cpuMs(cpu) > call.cpuMs ? overran('CPU_LIMIT', 'CPU', call.cpuMs) : undefined;
	}

	/** The limit that the next call is over first if it does nothing but compute; undefined: all have ended. */
	get nearest(): Failure | undefined {
		const call = this.calls[this.#next];
		if (!call) return undefined;
		const {wallMs, cpuMs} = call;
		return cpuMs < wallMs ? overran('CPU_LIMIT', 'CPU', cpuMs) : overran('TIMEOUT', 'wall', wallMs);
	}

	/** It waits for a thread: its clocks have not begun. */
	postpone(now: number, cpu: bigint): void {
		this.#startedAt = now;
		this.#cpuAt = cpu;
	}

	/** Ends a call that never began. */
	skip(index: number, heapBytes: number): void {
		this.#stopped[index] = true;
		this.#tell(index, {failure: fail('CANCELLED'), runMs: 0, cpuMs: 0, heapBytes, hostCalls: 0});
	}

	end(index: number, told: Told, used: Used, heapBytes: number): void {
		this.#tell(index, {...told, ...this.usedSince(used, heapBytes)});
	}

	/** What the guest tells of a call's end, which is said in their order. Hostile: `odd` is what does not fit. */
	hear(
		[index, kind, text, , cutLines, cut]: Words,
		{used, heapBytes, log, mapper}: About,
	): 'end' | 'nothing' | 'odd' {
		if (typeof index !== 'number') return 'nothing';
		const logs = log.take(Number(cutLines), Number(cut));
		if (this.isStopped(index)) return 'nothing';
		if (index !== this.#next || typeof text !== 'string') return 'odd';
		const told = kind === 0 ? resultOf(text) : {failure: failureOf(text, mapper)};
		this.end(index, {...told, ...(logs ? {logs} : {})}, used, heapBytes);
		return 'end';
	}

	/** What was used since the last end, which this is one of. */
	protected usedSince({cpu, hostCalls}: Used, heapBytes: number): CallUsage {
		const now = performance.now();
		const called = hostCalls - this.#hostCallsAt;
		const used = {runMs: this.wallMs(now), cpuMs: this.cpuMs(cpu), heapBytes, hostCalls: called};
		this.postpone(now, cpu);
		this.#hostCallsAt = hostCalls;
		return used;
	}

	/** False: it was told of before. */
	protected mark(index: number): boolean {
		if (this.isTold(index)) return false;
		this.#told[index] = true;
		while (this.#told[this.#next]) this.#next += 1;
		return true;
	}

	#tell(index: number, outcome: CallOutcome): void {
		if (this.mark(index)) this.watch.ended(index, outcome);
	}
}
