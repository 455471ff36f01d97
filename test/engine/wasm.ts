// A second engine, a tiny one, behind the same port: WebAssembly on threads of its own. It is here to
// prove that the port asks nothing that only isolates can give.
import {Worker} from 'node:worker_threads';
import {type Failure, fail} from '#actors/failure.ts';
import type {Build} from '#contract/build.ts';
import {
	type Call,
	type Engine,
	type Lines,
	type LinesWatch,
	mostPayloadBytes,
	type RunWatch,
	type Sandbox,
} from '#engine/engine.ts';
import type {ThreadNews} from './wasmThread.ts';

const everyMs = 20;
const megabyte = 1024 * 1024;

export function createWasmEngine(): Engine {
	const opened = new Set<WasmSandbox>();

	return {
		async open(build, _watch, signal) {
			if (build.runtime !== 'wasm') return fail('BUILD_FAILED', `No engine here runs \`${build.runtime}\``);
			if (signal?.aborted) return fail('CANCELLED');
			const thread = threadOf(build);
			const failure = await loaded(thread);
			if (failure) return failure;
			const sandbox = new WasmSandbox(thread, build, () => opened.delete(sandbox));
			opened.add(sandbox);
			return sandbox;
		},
		report: () => ({blank: 0, heapBytes: [...opened].reduce((sum, {heapBytes}) => sum + heapBytes, 0)}),
		async close() {
			for (const sandbox of opened) sandbox.close();
		},
	};
}

function threadOf({code, handler, policy}: Build): Worker {
	const workerData = {code, handler, memoryMb: policy.memoryMb};
	return new Worker(new URL('./wasmThread.ts', import.meta.url), {workerData, env: {}});
}

function loaded(thread: Worker): Promise<Failure | undefined> {
	return new Promise(resolve => {
		thread.once('message', (news: ThreadNews) => {
			if (news.type !== 'broken') return resolve(undefined);
			void thread.terminate();
			resolve(fail('BUILD_FAILED', news.message));
		});
	});
}

type List = {
	readonly calls: readonly Call[];
	readonly watch: RunWatch;
	readonly told: Set<number>;
	readonly over: () => void;
	startedAt: number;
};

class WasmSandbox implements Sandbox {
	readonly heapBytes: number;
	inside = -1;
	spent = false;
	readonly #thread: Worker;
	readonly #closed: () => void;
	#list: List | undefined;
	#timer: NodeJS.Timeout | undefined;

	constructor(thread: Worker, build: Build, closed: () => void) {
		this.#thread = thread;
		this.#closed = closed;
		this.heapBytes = build.policy.memoryMb * megabyte;
		thread.on('message', (news: ThreadNews) => this.#heard(news));
	}

	run(calls: readonly Call[], watch: RunWatch): Promise<void> {
		if (this.spent) return Promise.reject(new Error('Expected a sandbox that is idle and not spent'));
		return new Promise(over => {
			this.#list = {calls, watch, told: new Set(), over, startedAt: performance.now()};
			// What was said until then is heard first.
			this.#timer = setInterval(() => setImmediate(() => this.#tick()), everyMs);
			this.#thread.postMessage(calls.map(({input}) => input));
		});
	}

	runLines({call, text, count}: Lines, watch: LinesWatch): Promise<void> {
		const inputs = text.split('\n', count).map(line => Buffer.from(line));
		const calls = inputs.map(input => ({...call, input}));
		return this.run(calls, {
			...watch,
			ended(index, outcome) {
				const {result} = outcome;
				if (result) watch.values(index, 1, `{"value":${result.toString()}}`, outcome);
				else watch.ended(index, outcome);
			},
		});
	}

	stop(index: number): void {
		if (!this.#list || index >= this.#list.calls.length || this.#list.told.has(index)) return;
		this.#tell(index, {failure: fail('CANCELLED')});
		if (index === this.inside || index === 0) this.#end();
	}

	close(): void {
		this.spent = true;
		this.#closed();
		void this.#thread.terminate();
	}

	#heard(news: ThreadNews): void {
		if (news.type === 'over') this.#rest();
		else if (news.type === 'begin') this.#begin(news.index);
		else if (news.type === 'end') this.#tell(news.index, resultOf(news.result));
		else if (news.type === 'fail') this.#failed(news);
	}

	#begin(index: number): void {
		this.inside = index;
		if (this.#list) this.#list.startedAt = performance.now();
		if (this.#list?.told.has(index)) this.#end();
	}

	#failed({index, message, full}: Extract<ThreadNews, {type: 'fail'}>): void {
		this.#tell(index, {failure: fail(full ? 'MEMORY_LIMIT' : 'FUNCTION_THREW', message)});
		if (full) this.#end();
	}

	#tick(): void {
		const call = this.#list?.calls[this.inside];
		if (!this.#list || !call) return;
		const ms = performance.now() - this.#list.startedAt;
		// It computes and never waits, so the one clock is as good as the other.
		const code = ms > call.wallMs ? 'TIMEOUT' : ms > call.cpuMs ? 'CPU_LIMIT' : undefined;
		if (!code) return;
		this.#tell(this.inside, {failure: fail(code)});
		this.#end();
	}

	#tell(index: number, ended: {readonly result: Buffer} | {readonly failure: Failure}): void {
		const list = this.#list;
		if (!list || list.told.has(index)) return;
		list.told.add(index);
		const ms = performance.now() - list.startedAt;
		list.watch.ended(index, {...ended, runMs: ms, cpuMs: ms, heapBytes: this.heapBytes, hostCalls: 0});
	}

	#end(): void {
		this.spent = true;
		void this.#thread.terminate().then(() => this.#rest());
	}

	#rest(): void {
		clearInterval(this.#timer);
		this.inside = -1;
		const list = this.#list;
		this.#list = undefined;
		list?.over();
	}
}

function resultOf(bytes: Uint8Array): {readonly result: Buffer} | {readonly failure: Failure} {
	if (bytes.length <= mostPayloadBytes) return {result: Buffer.from(bytes)};
	return {
		failure: fail('PAYLOAD_TOO_LARGE', `${bytes.length} bytes, at most ${mostPayloadBytes} are allowed`),
	};
}
