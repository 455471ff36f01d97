import type {Isolate} from 'isolated-vm';
import {type Failure, fail} from '#actors/failure.ts';
import type {Build} from '#contract/build.ts';
import type {Clock} from '#lib/clock.ts';
import {createBlankPool} from './blankPool.ts';
import {createCodeCache} from './codeCache.ts';
import type {Engine, OpenWatch, Sandbox} from './engine.ts';
import {load} from './isolateLoad.ts';
import {IsolateSandbox} from './isolateSandbox.ts';
import {createStackMapper, type StackMapper} from './stack.ts';
import {createTicker} from './ticker.ts';

/** The smallest heap that V8 can be held to. */
const leastMb = 8;

/** What is worked out once for a build, however many sandboxes it gets. */
type Known = {readonly mapper: StackMapper; readonly codeKey: string};

export type IsolateEngineOptions = {
	readonly clock: Clock;
	/** Of which size to have blank sandboxes from the start. */
	readonly memoryMb?: number;
	/** An isolate is beyond rescue while no call was inside: the process must end. */
	readonly broken: (failure: Failure) => void;
};

/**
 * JavaScript in V8 isolates. Needs `--no-node-snapshot` always, and `--no-turbofan` for its limits
 * to hold (docs/decisions/0006-isolates.md).
 */
export function createIsolateEngine({clock, memoryMb, broken}: IsolateEngineOptions): Engine {
	const cache = createCodeCache();
	const pool = createBlankPool(cache);
	const ticker = createTicker();
	const opened = new Set<Sandbox>();
	const known = new WeakMap<Build, Known>();
	if (memoryMb !== undefined) pool.prepare(memoryMb);

	function knowledgeOf(build: Build): Known {
		const found = known.get(build);
		if (found) return found;
		const made = {mapper: createStackMapper(build.function, build.map), codeKey: cache.keyOf(build.code)};
		known.set(build, made);
		return made;
	}

	async function open(build: Build, watch: OpenWatch, signal?: AbortSignal): Promise<Sandbox | Failure> {
		if (build.runtime !== 'javascript')
			return fail('BUILD_FAILED', `No engine here runs \`${build.runtime}\``);
		const {mapper, codeKey} = knowledgeOf(build);
		const blank = await pool.take(Math.max(leastMb, Math.ceil(build.policy.memoryMb)));
		const failure = await load({blank, build, mapper, ticker, cache, codeKey, watch}, signal);
		if (failure) {
			if (!blank.isolate.isDisposed) blank.isolate.dispose();
			return failure;
		}
		const heapBytes = await heapOf(blank.isolate);
		const closed = (sandbox: Sandbox) => opened.delete(sandbox);
		const sandbox = new IsolateSandbox({
			blank,
			heapBytes,
			mapper,
			ticker,
			now: () => clock.now(),
			closed,
			broken,
		});
		opened.add(sandbox);
		return sandbox;
	}

	return {
		open,
		report: () => ({blank: pool.size, heapBytes: [...opened].reduce((sum, one) => sum + one.heapBytes, 0)}),
		async close() {
			pool.close();
			for (const sandbox of opened) sandbox.close();
		},
	};
}

async function heapOf(isolate: Isolate): Promise<number> {
	const heap = await isolate.getHeapStatistics();
	return heap.used_heap_size + heap.externally_allocated_size;
}
