import type {Reference} from 'isolated-vm';
import {type Failure, fail} from '#actors/failure.ts';
import {outOfMemory, unknownEnd} from './callEnd.ts';
import {argumentsOf, type EntryArguments, linesOf, timeoutOf} from './callEntry.ts';
import {CallList, type Used, type Words} from './callList.ts';
import {type CallLog, createCallLog} from './callLog.ts';
import type {Call, Lines, LinesWatch, RunWatch, Sandbox} from './engine.ts';
import type {Blank} from './isolateBlank.ts';
import {IsolateHeap} from './isolateHeap.ts';
import {LineList} from './lineList.ts';
import type {StackMapper} from './stack.ts';
import {looksASecond, type Ticker} from './ticker.ts';
import {createWaker, type Waker} from './waker.ts';

// Two clocks watch a call: isolated-vm's `timeout` ends a slice of CPU that never yields, and the ticker
// ends what that can't see (waiting, continuations, getters) by disposing the isolate. The ticker alone
// would do; the timeout (./callEntry.ts) is the second net.
/** A disposed isolate that has not let go at so many looks never will. */
const stuckLooks = looksASecond;
/** CPU outside of calls: more than copying the largest inputs takes is work that earlier calls left behind. */
const leftoverMs = 250;
/** The guest goes from one call to the next at once. At so many looks in a row, something holds it. */
const heldLooks = looksASecond;

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
type Kill = {readonly index: number; readonly failure: Failure; looks: number; told: boolean};

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
	/** How often in a row nobody was found inside, since a call ended last. */
	#between = 0;
	readonly #waker: Waker;
	readonly #heap: IsolateHeap;

	constructor(options: SandboxOptions) {
		this.#options = options;
		this.#blank = options.blank;
		this.#heap = new IsolateHeap(options.blank.isolate, options.blank.memoryMb, options.heapBytes);
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
		return this.#spent || this.#heap.isFull || this.#blank.isolate.isDisposed;
	}

	get heapBytes(): number {
		return this.#heap.bytes;
	}
	get inside(): number {
		return this.#list ? (this.#blank.marks[0] ?? 0) - 1 : -1;
	}

	run(calls: readonly Call[], watch: RunWatch): Promise<void> {
		return this.#enter(new CallList(calls, this.#usage(), watch), this.#blank.run, argumentsOf(calls));
	}

	runLines(lines: Lines, watch: LinesWatch): Promise<void> {
		const list = new LineList(lines.call, lines.count, this.#usage(), watch);
		return this.#enter(list, this.#blank.lines, linesOf(lines));
	}

	async #enter(list: CallList, entry: Reference, args: EntryArguments): Promise<void> {
		if (this.#list || this.spent) throw new Error('Expected a sandbox that is idle and not spent');
		this.#blank.marks.fill(0);
		this.#between = 0;
		this.#list = list;
		const unwatch = this.#options.ticker.watch(this);
		this.#waker.rise();
		try {
			const options = {timeout: timeoutOf(list.calls), result: {promise: true}} as const;
			await entry.apply(undefined, args, options);
		} catch (error) {
			this.#broke(list, error);
		}
		const waking = this.#waker.rest();
		if (waking) await waking;
		unwatch();
		if (!list.over) this.#fellShort(list);
		if (list instanceof LineList) list.printed(this.#log);
		this.#list = undefined;
		this.#used = true;
		if (!this.spent) this.#heap.measure();
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
		list.skip(index, this.#heap.bytes);
	}

	close(): void {
		this.#spent = true;
		void this.#waker.rest();
		this.#dispose();
		this.#options.closed(this);
	}

	tick(now: number): void {
		const list = this.#list;
		if (!list) return;
		const {inside} = this;
		this.#see(list, now);
		this.#between = inside < list.next ? this.#between + 1 : 0;
		if (this.#kill) this.#checkStuck(list, this.#kill);
		else if (list.isStopped(inside)) this.#end(nobody, fail('CANCELLED'));
		else if (inside < list.next) this.#checkBetween(list, inside);
		// Where it is beyond the next, its predecessor's end is on its way to us, or was never told: user code
		// that broke promises can make the guest go on. Then the predecessor's clocks run on.
		else this.#checkLimits(list, now);
	}

	#see(list: CallList, now = performance.now()): void {
		list.saw(this.inside, now, this.#usage().cpu);
	}

	#checkLimits(list: CallList, now: number): void {
		const failure = list.overrun(now, this.#usage().cpu);
		if (failure) this.#end(list.current, failure);
	}

	/** Before a call begins and after the last one ended, CPU is used by what earlier calls left. */
	#checkBetween(list: CallList, inside: number): void {
		const {cpu} = this.#usage();
		const used = list.cpuMs(cpu);
		// In a new sandbox there were no earlier calls: the module itself did it, and would again.
		const isHeld = this.#between > heldLooks;
		// What it has to copy may wait for a thread; what others left behind does not.
		if ((isHeld || inside >= 0) && used > leftoverMs) this.#end(this.#payer(list), fail('CPU_LIMIT'));
		// The guest waits for nothing between two calls: user code that broke promises holds it.
		else if (isHeld && inside >= 0) this.#end(nobody, fail('INTERNAL'));
		else if (inside < 0 && !list.over && used < 1) this.#postpone(list, cpu);
	}

	/** The guest came back and has not told of all calls: after leftover work, or because it was deceived. */
	#fellShort(list: CallList): void {
		this.#see(list);
		if (this.inside >= list.next && !this.#kill && !this.spent) this.#tell(list, unknownEnd(undefined));
		this.#spent = true;
	}

	#postpone(list: CallList, cpu: bigint): void {
		this.#between = 0;
		list.postpone(performance.now(), cpu);
	}

	#checkStuck(list: CallList, kill: Kill): void {
		kill.looks += 1;
		if (kill.told || kill.looks < stuckLooks) return;
		kill.told = true;
		list.watch.stuck(kill.index, kill.failure);
	}

	#end(index: number, failure: Failure): void {
		this.#usage();
		// Who is told again and again to stop it is not to wait anew each time.
		const {looks, told} = this.#kill ?? {looks: 0, told: false};
		this.#kill = {index, failure, looks, told};
		this.#spent = true;
		this.#dispose();
	}

	#broke(list: CallList, error: unknown): void {
		this.#spent = true;
		this.#see(list);
		if (this.#kill) {
			// The guest may have gone on to the next one before the isolate was gone.
			const {index, failure} = this.#kill;
			if (!list.isTold(index)) this.#tell(list, failure, index);
			return;
		}
		if (this.#payer(list) === nobody) return;
		// The second net may be read before the ticker has looked, and together with the end of the call before.
		const overrun = list.overrun(performance.now(), this.#usage().cpu) ?? list.nearest;
		const {memoryMb, isolate} = this.#blank;
		this.#tell(list, isolate.isDisposed ? outOfMemory(memoryMb) : unknownEnd(error, overrun));
	}

	/** Who pays for what happens now. Where it has not begun in a used sandbox, others left that, and another will do. */
	#payer(list: CallList): number {
		const isWaiting = this.inside < list.next && (this.#used || list.next > 0);
		return list.over || isWaiting ? nobody : list.current;
	}

	#tell(list: CallList, failure: Failure, index = list.current): void {
		const logs = this.#log.take(0, 0);
		list.end(index, {failure, ...(logs ? {logs} : {})}, this.#usage(), this.#heap.bytes);
	}

	/** What the guest tells. Hostile: what does not fit ends the sandbox. */
	#emit(...words: Words): void {
		const list = this.#list;
		if (!list) return;
		const {mapper} = this.#options;
		const heard = list.hear(words, {used: this.#usage(), heapBytes: this.heapBytes, log: this.#log, mapper});
		if (heard === 'end') this.#between = 0;
		if (heard === 'odd') this.#end(this.inside < list.next ? nobody : list.current, unknownEnd(undefined));
		else if (heard === 'end' && words[3] !== false) this.#end(nobody, fail('INTERNAL'));
	}

	#catastrophe(message: string): void {
		this.#spent = true;
		const failure = /memory/i.test(message) ? outOfMemory(this.#blank.memoryMb) : fail('CRASHED');
		if (this.#kill) this.#kill.told = true;
		const list = this.#list;
		if (list) list.watch.stuck(this.#kill?.index ?? this.#payer(list), this.#kill?.failure ?? failure);
		else this.#options.broken(failure);
	}

	#usage(): Used {
		if (!this.#blank.isolate.isDisposed) this.#cpu = this.#blank.isolate.cpuTime;
		return {cpu: this.#cpu, hostCalls: this.#blank.hostCalls};
	}

	#dispose(): void {
		if (!this.#blank.isolate.isDisposed) this.#blank.isolate.dispose();
	}
}
