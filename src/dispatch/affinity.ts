import type {Candidate} from './strategy.ts';

/**
 * How much a worker is the one for a function: the same in every process, and spread evenly. Whoever has the
 * highest gets it; a worker that comes or goes moves only its own functions (rendezvous hashing, FNV-1a with
 * the last mixing of murmur3).
 */
export const affinity =
	(fn: string) =>
	({worker}: Candidate): number => {
		let hash = 0x811c9dc5;
		for (const text of [fn, '\n', worker]) {
			for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
		}
		hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
		hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
		return (hash ^ (hash >>> 16)) >>> 0;
	};
