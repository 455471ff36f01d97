import {pino} from 'pino';
import {type Clock, systemClock} from '#lib/clock.ts';
import {createMetrics} from '#observe/metrics.ts';
import type {Ambient} from '#observe/observe.ts';

export type LogLine = {readonly level: number; readonly msg: string} & Readonly<Record<string, unknown>>;

/** What a room is handed at its door, with its log kept in `lines` for the test to read. */
export type TestAmbient = Ambient & {
	readonly lines: readonly LogLine[];
	/** Resolves once so many lines of the log say this. */
	logged(msg: string, times: number): Promise<void>;
};

export function testAmbient(clock: Clock = systemClock): TestAmbient {
	const lines: LogLine[] = [];
	const waiting = new Set<() => void>();
	const write = (line: string) => {
		lines.push(JSON.parse(line) as LogLine);
		for (const look of waiting) look();
	};
	const logged = (msg: string, times: number) =>
		new Promise<void>(resolve => {
			const look = () => {
				if (lines.filter(line => line.msg === msg).length < times) return;
				waiting.delete(look);
				resolve();
			};
			waiting.add(look);
			look();
		});
	return {log: pino({level: 'debug'}, {write}), clock, metrics: createMetrics(), lines, logged};
}
