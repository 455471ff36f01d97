import {randomBytes} from 'node:crypto';
import {domainToASCII} from 'node:url';
import ivm from 'isolated-vm';
import {mostLines} from '#contract/chunk.ts';
import type {CodeCache} from './codeCache.ts';
import type {Host} from './guest/host.ts';
import {guestSource} from './guestSource.ts';

/** What a sandbox hears from its isolate. A blank has nobody listening. */
export type Listener = Pick<Host, 'emit' | 'log' | 'wake'> & {catastrophe(message: string): void};

/** An isolate with a context and our globals, without user code. */
export type Blank = {
	readonly isolate: ivm.Isolate;
	readonly context: ivm.Context;
	readonly memoryMb: number;
	readonly load: ivm.Reference;
	readonly run: ivm.Reference;
	readonly lines: ivm.Reference;
	readonly wake: ivm.Reference;
	/** Shared with the isolate; see guest/guest.ts. */
	readonly marks: Int32Array;
	/** Calls that came over the bridge so far, but for those that tell an end: nobody's code asked for these. */
	hostCalls: number;
	/** Set by the sandbox that takes it. */
	listener: Listener;
};

/** One for each line of a chunk, which is more than a list of calls has. */
const marksBytes = (mostLines + 1) * 4;
const mostRandomBytes = 4096;
const longestDomain = 1024;
const guestKey = 'guest';

const nobody: Listener = {emit() {}, log() {}, wake() {}, catastrophe() {}};

/** Makes a blank: about 2 ms, most of it off the main thread. */
export async function createBlank(memoryMb: number, cache: CodeCache): Promise<Blank> {
	const holder = {listener: nobody, hostCalls: 0};
	const onCatastrophicError = (message: string) => holder.listener.catastrophe(message);
	const isolate = new ivm.Isolate({memoryLimit: memoryMb, onCatastrophicError});
	const context = await isolate.createContext();
	const filename = 'file:///warren/guest.js';
	const script = await isolate.compileScript(guestSource, {filename, ...cache.optionsFor(guestKey)});
	cache.keep(guestKey, script);
	const boot = await script.run(context, {reference: true});
	const memory = new SharedArrayBuffer(marksBytes);
	const view = new ivm.ExternalCopy(new Int32Array(memory)).copyInto({release: true});
	const guest = await boot.apply(undefined, [...callbacks(holder), view], {result: {reference: true}});
	const part = (name: string) => guest.get(name as never, {reference: true}) as Promise<ivm.Reference>;
	const parts = [part('load'), part('run'), part('lines'), part('wake')] as const;
	const [load, run, lines, wake] = await Promise.all(parts);
	for (const reference of [boot, guest, script]) reference.release();
	return Object.assign(holder, {
		isolate,
		context,
		memoryMb,
		load,
		run,
		lines,
		wake,
		marks: new Int32Array(memory),
	});
}

/**
 * The whole bridge, in the order of `Host`. What the host throws would reach the isolate with its
 * stack and paths, so nothing here throws. Arguments are hostile: any type, any size.
 */
function callbacks(holder: Pick<Blank, 'listener' | 'hostCalls'>): ivm.Callback[] {
	const counted =
		<A extends unknown[], R>(call: (...args: A) => R) =>
		(...args: A): R => {
			holder.hostCalls += 1;
			return call(...args);
		};
	const ignored = <A extends unknown[]>(call: (...args: A) => void) =>
		new ivm.Callback(call, {ignored: true});
	return [
		ignored((...args: Parameters<Host['emit']>) => holder.listener.emit(...args)),
		ignored(counted((...args: Parameters<Host['log']>) => holder.listener.log(...args))),
		ignored(counted((delayMs: number) => holder.listener.wake(delayMs))),
		new ivm.Callback(counted((bytes: unknown) => random(bytes))),
		new ivm.Callback(counted((domain: unknown) => idna(domain))),
	];
}

function random(bytes: unknown): string {
	const wanted = typeof bytes === 'number' && bytes > 0 && bytes <= mostRandomBytes ? Math.floor(bytes) : 0;
	return randomBytes(wanted).toString('latin1');
}

function idna(domain: unknown): string {
	if (typeof domain !== 'string' || domain.length > longestDomain) return '';
	try {
		return domainToASCII(domain);
	} catch {
		return '';
	}
}
