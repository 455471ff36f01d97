import {affinity} from './affinity.ts';
import {best, type Strategy} from './strategy.ts';

/** Always the same worker for a function, as long as that has room; then always the same next one. */
export const consistentHash: Strategy = (fn, candidates) => best(candidates, affinity(fn));
