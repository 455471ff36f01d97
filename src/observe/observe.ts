/**
 * What every room is handed at its door: a logger, a clock and counters. No room keeps a global
 * one, so a test gives its own and an embedding application its own.
 */
import type {Logger} from 'pino';
import type {Clock} from '#lib/clock.ts';
import type {Metrics} from './metrics.ts';

export type {Logger} from 'pino';
export type {Metrics} from './metrics.ts';

export type Ambient = {readonly log: Logger; readonly clock: Clock; readonly metrics: Metrics};
