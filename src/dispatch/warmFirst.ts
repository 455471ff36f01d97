import {affinity} from './affinity.ts';
import {freedom} from './leastLoaded.ts';
import {best, type Candidate, type Strategy} from './strategy.ts';

const isWarm = ({warm}: Candidate): number => (warm > 0 ? 1 : 0);
/** A free slot elsewhere, and a cold start, is worth more than a place behind somebody. */
const isFree = ({load, slots}: Candidate): number => (load < slots ? 1 : 0);

/**
 * Who has the function warm, before who has not; who has a slot free, before who has not. What is warm
 * nowhere goes to the worker whose function it is, so that functions spread and then stay.
 */
export const warmFirst: Strategy = (fn, candidates) =>
	best(candidates, isFree, isWarm, one => (one.warm > 0 ? freedom(one) : 0), affinity(fn));
