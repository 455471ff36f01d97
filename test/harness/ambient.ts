import {pino} from 'pino';
import {type Clock, systemClock} from '#lib/clock.ts';
import {createMetrics} from '#observe/metrics.ts';
import type {Ambient} from '#observe/observe.ts';

export type LogLine = {readonly level: number; readonly msg: string} & Readonly<Record<string, unknown>>;

/** What a room is handed at its door, with its log kept in `lines` for the test to read. */
export type TestAmbient = Ambient & {readonly lines: readonly LogLine[]};

export function testAmbient(clock: Clock = systemClock): TestAmbient {
	const lines: LogLine[] = [];
	const write = (line: string) => {
		lines.push(JSON.parse(line) as LogLine);
	};
	return {log: pino({level: 'debug'}, {write}), clock, metrics: createMetrics(), lines};
}
