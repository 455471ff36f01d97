// A chunk in an executor (contract/chunk.ts): one attempt that calls its function once for each line of its input.
// Its lines are run as the items of a list, so each has its own limits, and what ends one sandbox lets the others go
// on in the next; what they came to is put together here.
import {type Failure, fail} from '#actors/failure.ts';
import {mostWallMs} from '#actors/policy.ts';
import type {ExecutorItem, Who} from '#contract/executor.ts';
import {type ChunkLog, createChunkLog} from './chunkLog.ts';
import {type CallUsage, mostPayloadBytes} from './engine.ts';
import {ExecutorList, type ItemEnd, type Items, type ListOptions} from './executorList.ts';

type ChunkOptions = Omit<ListOptions, 'items' | 'settled' | 'values' | 'printed' | 'unloaded' | 'check'> & {
	readonly item: ExecutorItem;
	/** JSON texts, a line each. */
	readonly input: Buffer;
	/** For all of its lines together; 20 minutes unless said. */
	readonly budgetMs?: number;
	settled(end: ItemEnd): void;
};

/** Some are left, so that every line has room to say that there is none. */
const mostResultBytes = mostPayloadBytes - 256 * 1024;
/** Lines that go into a sandbox at once. Between two such slices it is seen whether its heap is too full to go on. */
const mostTogether = 512;
/** What is no word about one line: nothing of the chunk can be run, or is to be. */
const ofAll: readonly Failure['code'][] = ['BUILD_FAILED', 'CANCELLED', 'INTERNAL'];

export class ExecutorChunk {
	readonly #options: ChunkOptions;
	readonly #list: ExecutorList;
	readonly #size: number;
	// By the first line that it is about.
	readonly #outcomes: string[] = [];
	readonly #log: ChunkLog = createChunkLog(Date.now);
	#failure: Failure | undefined;
	/** Its time is over. */
	#isLate = false;
	#resultBytes = 0;
	#used = {runMs: 0, cpuMs: 0, heapBytes: 0, hostCalls: 0, cold: false, initMs: 0};

	constructor(options: ChunkOptions) {
		const {item, input, build, stuck} = options;
		const items = linesOf(item, input, build.policy.isolation === 'fresh');
		this.#options = options;
		this.#size = items.size;
		this.#list = new ExecutorList({
			...options,
			...{items, check: false},
			settled: (index, end) => this.#ended(index, end),
			values: (first, count, text, used) => this.#returned(first, count, text, used),
			printed: logs => this.#log.add(logs),
			unloaded: failure => {
				this.#failure ??= failure;
			},
			stuck: (who: Who, failure) => stuck(typeof who === 'number' ? 0 : who, failure),
		});
	}

	get inside(): number {
		return this.#list.inside < 0 ? -1 : 0;
	}

	get ageMs(): number {
		return this.#list.ageMs;
	}

	async run(): Promise<void> {
		// Each line has its own limits, but all of them are one delivery, which a broker takes back after 30 minutes.
		const timer = setTimeout(() => this.#runOut(), this.#options.budgetMs ?? mostWallMs);
		await this.#list.run();
		clearTimeout(timer);
		const logs = this.#log.take();
		const end = this.#failure ? {failure: this.#failure} : {result: this.#result()};
		this.#options.settled({...this.#used, ...(logs && {logs}), ...end});
	}

	#runOut(): void {
		this.#isLate = true;
		this.stop(0);
	}

	stop(index: number): void {
		if (index !== 0) return;
		// The last first: none that has not begun begins while its forerunners are told.
		for (let at = this.#size - 1; at >= 0; at--) this.#list.stop(at);
	}

	#result(): Buffer {
		return Buffer.from(`[${this.#outcomes.filter(text => text !== undefined).join(',')}]`);
	}

	#ended(index: number, {failure = fail('INTERNAL'), logs, ...end}: ItemEnd): void {
		this.#use(end);
		if (logs) this.#log.add(logs);
		const wasLate = this.#isLate && failure.code === 'CANCELLED';
		if (ofAll.includes(failure.code) && !wasLate) this.#failure ??= failure;
		this.#keep(index, 1, JSON.stringify({failure: wasLate ? tooLate : failure}));
	}

	#returned(
		first: number,
		count: number,
		text: string,
		used: CallUsage & Pick<ItemEnd, 'cold' | 'initMs'>,
	): void {
		this.#use(used);
		this.#keep(first, count, text);
	}

	#keep(first: number, count: number, text: string): void {
		const bytes = Buffer.byteLength(text) + 1;
		const fits = this.#resultBytes + bytes <= mostResultBytes;
		if (fits) this.#resultBytes += bytes;
		this.#outcomes[first] = fits ? text : Array.from({length: count}, () => noRoom).join(',');
	}

	#use({
		runMs,
		cpuMs,
		heapBytes,
		hostCalls,
		cold,
		initMs,
	}: CallUsage & Pick<ItemEnd, 'cold' | 'initMs'>): void {
		const used = this.#used;
		used.runMs += runMs;
		used.cpuMs += cpuMs;
		used.heapBytes = Math.max(used.heapBytes, heapBytes);
		used.hostCalls += hostCalls;
		used.cold ||= cold;
		used.initMs += initMs;
	}
}

const noRoom = JSON.stringify({
	failure: fail('PAYLOAD_TOO_LARGE', `The results of its chunk have more than ${mostResultBytes} bytes`),
});

const tooLate = fail(
	'TIMEOUT',
	'The time of its chunk was over before this input was done: map it again, in smaller chunks',
);

/** @param fresh each line gets a sandbox of its own */
function linesOf(call: ExecutorItem, input: Buffer, fresh: boolean): Items {
	const text = input.toString('utf8');
	// Where each line begins, and the one after the last would.
	const starts = [0];
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
	starts.push(text.length + 1);
	const size = starts.length - 1;
	return {
		size,
		slice(base, isOver) {
			const most = fresh ? 1 : mostTogether;
			let end = base + 1;
			while (end < size && end - base < most && !isOver(end)) end += 1;
			const lines = {
				...{call: {...call, input}, first: base, count: end - base},
				text: text.slice(starts[base], (starts[end] ?? 0) - 1),
			};
			return {size: end - base, run: (sandbox, watch) => sandbox.runLines(lines, watch)};
		},
	};
}
