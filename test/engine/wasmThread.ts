// The inside of the WebAssembly engine's sandbox: one module on one thread, which can be terminated.
// takes {code, handler, memoryMb}, then lists of inputs; gives {ready} or {broken}, then {begin}, {end}, {over}
import {type MessagePort, parentPort, workerData} from 'node:worker_threads';

type Handler = (at: number, bytes: number) => bigint;
type Exports = {
	readonly alloc: (bytes: number) => number;
	readonly reset: () => void;
} & Readonly<Record<string, unknown>>;
type Memory = {readonly buffer: ArrayBuffer};

/** As much of it as is used here; the types of a browser are not ours. */
const wasm = (globalThis as unknown as {WebAssembly: Wasm}).WebAssembly;
type Wasm = {
	readonly Memory: new (size: {initial: number; maximum: number}) => Memory;
	readonly Module: new (code: Uint8Array) => object;
	readonly Instance: new (module: object, imports: object) => {readonly exports: Exports};
};

export type ThreadNews =
	| {readonly type: 'ready'}
	| {readonly type: 'broken'; readonly message: string}
	| {readonly type: 'begin'; readonly index: number}
	| {readonly type: 'end'; readonly index: number; readonly result: Uint8Array}
	| {readonly type: 'fail'; readonly index: number; readonly message: string; readonly full: boolean}
	| {readonly type: 'over'};

const page = 65_536;
const most = (workerData.memoryMb * 1024 * 1024) / page;
const memory = new wasm.Memory({initial: 1, maximum: most});
const port = parentPort as MessagePort;
const tell = (news: ThreadNews) => port.postMessage(news);

try {
	const module = new wasm.Module(workerData.code);
	const {exports} = new wasm.Instance(module, {warren: {memory}});
	if (typeof exports[workerData.handler] !== 'function') {
		throw new TypeError(`Expected the export \`${workerData.handler}\` to be a function`);
	}
	port.on('message', (inputs: readonly Uint8Array[]) => serve(exports, inputs));
	tell({type: 'ready'});
} catch (error) {
	tell({type: 'broken', message: String(error)});
}

function serve(exports: Exports, inputs: readonly Uint8Array[]): void {
	for (const [index, input] of inputs.entries()) {
		tell({type: 'begin', index});
		try {
			tell({type: 'end', index, result: call(exports, input)});
		} catch (error) {
			const full = memory.buffer.byteLength >= (most - 16) * page;
			tell({type: 'fail', index, message: String(error), full});
			if (full) return;
		}
	}
	tell({type: 'over'});
}

function call(exports: Exports, input: Uint8Array): Uint8Array {
	exports.reset();
	const at = exports.alloc(input.length);
	new Uint8Array(memory.buffer).set(input, at);
	const answer = (exports[workerData.handler] as Handler)(at, input.length);
	return new Uint8Array(memory.buffer, Number(answer >> 32n), Number(answer & 0xffffffffn)).slice();
}
