import {type Failure, fail} from '#actors/failure.ts';
import type {Build} from '#contract/build.ts';
import type {Who} from '#contract/executor.ts';
import type {CallOutcome, CallUsage, Engine, LinesWatch, Sandbox} from './engine.ts';
import type {Stock} from './executorStock.ts';
import type {WarmSandboxes} from './executorWarm.ts';

/** What it took to make the sandbox of an item. */
type Cold = {readonly cold: boolean; readonly initMs: number};

/** How an item of a list ended, and what it took to make its sandbox. */
export type ItemEnd = CallOutcome & Cold;

/** What a list is made of, in its order. */
export type Items = {
	readonly size: number;
	/** As many neighbours, from `base` on, as go into a sandbox with one call. */
	slice(base: number, isOver: (at: number) => boolean): Slice;
};

export type Slice = {
	readonly size: number;
	/** Counts from 0. */
	run(sandbox: Sandbox, watch: LinesWatch): Promise<void>;
};

export type ListOptions = {
	readonly engine: Engine;
	readonly warm: WarmSandboxes;
	readonly stock: Pick<Stock, 'asked'>;
	readonly build: Build;
	readonly items: Items;
	/** Only load it, in a sandbox of its own: the one item ends when that is done. */
	readonly check: boolean;
	settled(index: number, end: ItemEnd): void;
	/** Of lines of a chunk. */
	values?(first: number, count: number, text: string, used: CallUsage & Cold): void;
	/** Of a chunk: what those printed of which `values` tells. */
	printed?(logs: Buffer): void;
	/** No sandbox can be made of its version: so ends all that has not begun. */
	unloaded?(failure: Failure): void;
	stuck(who: Who, failure: Failure): void;
};

const nothing = {runMs: 0, cpuMs: 0, heapBytes: 0, hostCalls: 0};
const warmNow: Cold = {cold: false, initMs: 0};

/** Runs the items of one list in their order: in one sandbox as long as that lasts, then in the next. */
export class ExecutorList {
	readonly #options: ListOptions;
	readonly #over: boolean[];
	readonly #opening = new AbortController();
	// The running sandbox, and which item its call 0 is.
	#sandbox: Sandbox | undefined;
	#base = 0;
	#size = 0;
	#since = performance.now();
	#cold: Cold = warmNow;

	constructor(options: ListOptions) {
		this.#options = options;
		this.#over = Array.from({length: options.items.size}, () => false);
	}

	/** The item inside; -1: its sandbox is being made. */
	get inside(): number {
		const inside = this.#sandbox?.inside ?? -1;
		return inside < 0 ? -1 : this.#base + inside;
	}

	/** For how long the same item has been inside. */
	get ageMs(): number {
		return performance.now() - this.#since;
	}

	/** Never rejects: what can't be run is settled with a failure. */
	async run(): Promise<void> {
		try {
			while (this.#next() >= 0) await this.#slice();
		} catch {
			this.#failRest(fail('INTERNAL', 'The executor failed while it ran the function'));
		}
	}

	stop(index: number): void {
		if (index < 0 || index >= this.#over.length || this.#over[index]) return;
		const call = index - this.#base;
		if (this.#sandbox && call >= 0 && call < this.#size) {
			this.#sandbox.stop(call);
			return;
		}
		this.#settle(index, {...nothing, failure: fail('CANCELLED')});
		if (!this.#sandbox && this.#next() < 0) this.#opening.abort();
	}

	async #slice(): Promise<void> {
		const {warm, build, check, items} = this.#options;
		const sandbox = await this.#acquire();
		if ('code' in sandbox) {
			this.#options.unloaded?.(sandbox);
			this.#failRest(sandbox);
			return;
		}
		if (check) return this.#checked(sandbox);
		const base = this.#next();
		if (base >= 0) {
			const slice = items.slice(base, at => this.#over[at] !== false);
			this.#sandbox = sandbox;
			this.#base = base;
			this.#size = slice.size;
			await slice.run(sandbox, this.#watch(base));
			this.#sandbox = undefined;
			this.#size = 0;
			// Another sandbox may do better, but not than a new one.
			if (this.#next() === base && this.#cold.cold)
				this.#settle(base, {...nothing, failure: fail('INTERNAL')});
		}
		if (build.policy.isolation === 'fresh') sandbox.close();
		else warm.give(build, sandbox);
	}

	#checked(sandbox: Sandbox): void {
		const {heapBytes} = sandbox;
		sandbox.close();
		this.#settle(0, {...nothing, heapBytes});
	}

	async #acquire(): Promise<Sandbox | Failure> {
		const {engine, warm, stock, build, check} = this.#options;
		const isFresh = build.policy.isolation === 'fresh' && !check;
		const idle = check ? undefined : warm.take(build.digest);
		this.#cold = {cold: !idle, initMs: 0};
		if (idle && isFresh) stock.asked(build);
		if (idle) return idle;
		const startedAt = performance.now();
		const stuck = (failure: Failure) => this.#options.stuck('version', failure);
		const opened = await engine.open(build, {stuck}, this.#opening.signal);
		const initMs = performance.now() - startedAt;
		this.#cold = {cold: true, initMs};
		if (isFresh && !('code' in opened)) stock.asked(build, initMs);
		return opened;
	}

	#watch(base: number): LinesWatch {
		const options = this.#options;
		return {
			ended: (index, outcome) => this.#settle(base + index, outcome),
			values: (first, count, text, used) => {
				for (let at = base + first; at < base + first + count; at++) this.#over[at] = true;
				this.#since = performance.now();
				options.values?.(base + first, count, text, {...used, ...this.#cold});
				this.#cold = warmNow;
			},
			printed: logs => options.printed?.(logs),
			stuck: (index, failure) => options.stuck(index < 0 ? 'nobody' : base + index, failure),
		};
	}

	#next(): number {
		return this.#over.indexOf(false);
	}

	#failRest(failure: Failure): void {
		for (let at = this.#next(); at >= 0; at = this.#next()) this.#settle(at, {...nothing, failure});
	}

	#settle(index: number, outcome: CallOutcome): void {
		if (this.#over[index]) return;
		this.#over[index] = true;
		this.#since = performance.now();
		this.#options.settled(index, {...outcome, ...this.#cold});
		this.#cold = warmNow;
	}
}
