// Areas: whole nodes in this process, each with a broker, a store and executors of its own.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '#client/client.ts';
import type {State, TaskView} from '#contract/task.ts';
import {type Clock, systemClock} from '#lib/clock.ts';
import {createWarren, type Warren, type WarrenOptions} from '#warren.ts';
import {testAmbient} from '../harness/ambient.ts';

export type Area = {
	readonly warren: Warren;
	readonly client: Client;
	readonly url: string;
	/** As if its machine had lost its power, as far as one in the same process can. */
	stop(): Promise<void>;
	/** Attempts handed to others, and how they came back, by `how`. */
	spilled(how: string): Promise<number>;
};

/** A node whose one slot is free, and which hands to others whatever would wait at all. */
export async function area(
	t: ExecutionContext,
	options: WarrenOptions = {},
	clock: Clock = systemClock,
): Promise<Area> {
	const data = options.data ?? (await mkdtemp(join(tmpdir(), 'warren-spill-')));
	const ambient = testAmbient(clock);
	const warren = await createWarren(
		{
			data,
			http: {host: '127.0.0.1', port: 0, bodyLimitBytes: 8 * 1024 * 1024},
			worker: {executors: 1, slots: 1, heartbeatMs: 100, drainTimeoutMs: 0},
			dispatch: {auditMs: 500},
			...options,
			spill: {targetWait: {high: 0, normal: 0, low: 0}, patienceMs: 10_000, ...options.spill},
		},
		ambient,
	);
	await warren.start();
	t.teardown(async () => {
		await warren.stop();
		await rm(data, {recursive: true, force: true});
	});
	const url = warren.url ?? '';
	const client = createClient({url});
	if (!options.roles) await until(() => warren.api.workers().length > 0, 'a worker');
	return {
		...{warren, client, url},
		stop: () => warren.stop(),
		async spilled(how) {
			const {values} = await ambient.metrics.spilled.get();
			return values.filter(({labels}) => labels.how === how).reduce((sum, {value}) => sum + value, 0);
		},
	};
}

/** For what another process or another area does: there is nothing to listen to. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
	for (let tries = 0; !(await isSo()); tries++) {
		if (tries > 2000) throw new Error(`Waited in vain for ${what}`);
		await delay(20);
	}
}

export const square = 'export default n => { console.log("squared " + n); return n * n; };';
export const forever = 'export default () => new Promise(() => {});';

/** A function that fills the only slot of an area; resolves to its task once it runs. */
export async function fill({client}: Area): Promise<string> {
	await client.deploy({name: 'forever', language: 'javascript', code: forever, policy: {wallMs: 600_000}});
	const {task} = await client.submit('forever');
	await until(async () => (await client.get(task)).state === 'running', 'the slot to be taken');
	return task;
}

export async function inState({client}: Area, task: string, state: State): Promise<TaskView> {
	await until(async () => (await client.get(task)).state === state, `${task} to be ${state}`);
	return client.get(task);
}

/** The only task of an area, which another one has handed to it. */
export async function guestOf({client}: Area): Promise<TaskView> {
	await until(async () => (await client.list()).length > 0, 'a task from another area');
	const [guest] = await client.list();
	if (!guest) throw new Error('There is no task');
	return guest;
}
