// The lines of a chunk inside a sandbox, as a list of calls of which many are told of at once. The guest goes on
// before we hear of an end, so whose limits count is known from its marks: a line's clocks begin when a look has
// first found it inside, which is at most the time between two looks after it began.
import type {Failure} from '#actors/failure.ts';
import {overran} from './callEnd.ts';
import {type About, CallList, type Used, type Words} from './callList.ts';
import type {CallLog} from './callLog.ts';
import type {Call, LinesWatch} from './engine.ts';

/** Of guest/run.ts: many lines have returned something. What they printed is told of at the end. */
const valuesKind = 2;

export class LineList extends CallList {
	readonly #watch: LinesWatch;
	/** What was not kept of what they printed. */
	#cut = {lines: 0, characters: 0};
	#line = -1;
	#since: number;
	#cpuSince: bigint;

	/** @param call of which all lines have the limits */
	constructor(call: Call, count: number, used: Used, watch: LinesWatch) {
		super(
			Array.from({length: count}, () => call),
			used,
			watch,
		);
		this.#watch = watch;
		this.#since = performance.now();
		this.#cpuSince = used.cpu;
	}

	override get current(): number {
		return this.isTold(this.#line) ? this.next : Math.max(this.next, this.#line);
	}

	override saw(inside: number, now: number, cpu: bigint): void {
		if (inside === this.#line) return;
		this.#line = inside;
		this.#since = now;
		this.#cpuSince = cpu;
	}

	override postpone(now: number, cpu: bigint): void {
		super.postpone(now, cpu);
		this.#since = now;
		this.#cpuSince = cpu;
	}

	override overrun(now: number, cpu: bigint): Failure | undefined {
		const call = this.calls[this.current];
		if (!call) return undefined;
		if (now - this.#since > call.wallMs) return overran('TIMEOUT', 'wall', call.wallMs);
		const used = Number(cpu - this.#cpuSince) / 1e6;
		return used > call.cpuMs ? overran('CPU_LIMIT', 'CPU', call.cpuMs) : undefined;
	}

	override hear(words: Words, about: About): ReturnType<CallList['hear']> {
		const [last, kind, text, , cutLines, cut, size] = words;
		if (kind !== valuesKind) return super.hear(words, about);
		// User code that broke promises can make the guest pass over a line: it has no outcome among these.
		if (!this.#mayEnd(last) || last - this.next + 1 !== size || typeof text !== 'string') return 'odd';
		this.#cut = {lines: Number(cutLines), characters: Number(cut)};
		const first = this.next;
		for (let at = first; at <= last; at++) this.mark(at);
		this.#watch.values(first, last - first + 1, text, this.usedSince(about.used, about.heapBytes));
		return 'end';
	}

	/** Whether the lines from the next one to `last` have not ended, and may have. */
	#mayEnd(last: unknown): last is number {
		if (typeof last !== 'number' || !Number.isInteger(last) || last < this.next || last >= this.calls.length)
			return false;
		for (let at = this.next; at <= last; at++) if (this.isTold(at)) return false;
		return true;
	}

	printed(log: CallLog): void {
		const logs = log.take(this.#cut.lines, this.#cut.characters);
		if (logs) this.#watch.printed(logs);
	}
}
