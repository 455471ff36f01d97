import {consistentHash} from './consistentHash.ts';
import {leastLoaded} from './leastLoaded.ts';
import {mostFreeMemory} from './mostFreeMemory.ts';
import type {Strategy} from './strategy.ts';
import {warmFirst} from './warmFirst.ts';

/** Strategies of `push` by the names that settings have for them. */
export const strategies = {
	'warm-first': warmFirst,
	'least-loaded': leastLoaded,
	'most-free-memory': mostFreeMemory,
	'consistent-hash': consistentHash,
} as const satisfies Record<string, Strategy>;

export type StrategyName = keyof typeof strategies;
