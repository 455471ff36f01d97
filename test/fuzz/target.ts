// The node under attack: REST, the in-process broker, SQLite in a folder, one executor. Small limits, so
// that they are met; short waits, so that none is waited for in vain.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {pino} from 'pino';
import {type Client, createClient} from '#client/client.ts';
import {systemClock} from '#lib/clock.ts';
import {createMetrics} from '#observe/metrics.ts';
import {createWarren, type Warren} from '#warren.ts';

export type Target = {
	readonly warren: Warren;
	readonly client: Client;
	readonly port: number;
	/** Lines of the log that say that something is wrong with the node. */
	readonly alarms: readonly string[];
	/** Deploys the functions that the attack knows of, whatever became of them. */
	readonly furnish: () => Promise<void>;
};

/** Nobody may wait longer: an attack would wait. */
export const mostWaitMs = 250;

const functions = {
	echo: 'export default input => input;',
	slow: 'export default () => new Promise(resolve => setTimeout(resolve, 30));',
	throws: 'export default () => { throw new RangeError("no"); };',
};

export async function target(t: ExecutionContext): Promise<Target> {
	const folder = mkdtempSync(join(tmpdir(), 'warren-fuzz-'));
	const alarms: string[] = [];
	const log = pino({level: 'error'}, {write: (line: string) => void alarms.push(line)});
	const warren = await createWarren(
		{
			data: join(folder, 'data'),
			http: {host: '127.0.0.1', port: 0, bodyLimitBytes: 256 * 1024, mostWaitMs},
			worker: {executors: 1, slots: 8, drainTimeoutMs: 1000},
			limits: {payloadBytes: 64 * 1024},
		},
		{log, clock: systemClock, metrics: createMetrics()},
	);
	await warren.start();
	t.teardown(async () => {
		await warren.stop();
		rmSync(folder, {recursive: true, force: true});
	});
	const url = warren.url ?? '';
	const client = createClient({url});
	const furnish = async () => {
		for (const [name, code] of Object.entries(functions)) {
			await client.deploy({name, language: 'javascript', code});
			if ((await client.function(name)).state === 'paused') await client.resume(name);
		}
	};
	await furnish();
	return {warren, client, port: Number(new URL(url).port), alarms, furnish};
}
