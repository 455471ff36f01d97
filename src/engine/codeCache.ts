import {createHash} from 'node:crypto';
import type {CachedDataOptions, ExternalCopy} from 'isolated-vm';

// V8's compiled form of a script is machine code in all but name: a forged one runs anything. So it
// is only ever made here, kept in memory, and found by all that decides whether it fits.
const made = `${process.versions.v8} ${process.execArgv.join(' ')}`;
const mostEntries = 500;

export type CodeCache = ReturnType<typeof createCodeCache>;

/** Compiled forms of scripts, by source; the one used longest ago goes first. */
export function createCodeCache() {
	const entries = new Map<string, ExternalCopy<ArrayBuffer>>();

	/** What to hand to `compileScript`: the kept form, or the wish to make one. */
	function optionsFor(key: string): CachedDataOptions {
		const cachedData = entries.get(key);
		if (!cachedData) return {produceCachedData: true};
		entries.delete(key);
		entries.set(key, cachedData);
		return {cachedData};
	}

	function keep(key: string, script: object): void {
		const {cachedData, cachedDataRejected} = script as {
			cachedData?: ExternalCopy<ArrayBuffer>;
			cachedDataRejected?: boolean;
		};
		if (cachedDataRejected) entries.delete(key);
		if (!cachedData || entries.has(key)) return;
		entries.set(key, cachedData);
		const oldest = entries.keys().next().value;
		if (entries.size > mostEntries && oldest !== undefined) entries.delete(oldest);
	}

	return {keyOf, optionsFor, keep};
}

function keyOf(source: string | Buffer): string {
	return createHash('sha256').update(made).update('\0').update(source).digest('hex');
}
