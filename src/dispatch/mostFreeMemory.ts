import {affinity} from './affinity.ts';
import {freedom} from './leastLoaded.ts';
import {best, type Candidate, type Strategy} from './strategy.ts';

/** What attempts that were sent and not heard of yet are taken to need, each. */
const sandboxBytes = 64 * 1024 * 1024;

const freeBytes = ({freeBytes: free = 0, unheard}: Candidate): number => free - unheard * sandboxBytes;

/** Whose machine has most memory free. */
export const mostFreeMemory: Strategy = (fn, candidates) =>
	best(candidates, freeBytes, freedom, affinity(fn));
