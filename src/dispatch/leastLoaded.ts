import {affinity} from './affinity.ts';
import {best, type Candidate, type Strategy} from './strategy.ts';

/** The smallest share of slots in use. */
export const freedom = ({load, slots}: Candidate): number => -load / slots;

/** Who has most to spare. */
export const leastLoaded: Strategy = (fn, candidates) => best(candidates, freedom, affinity(fn));
