// A task that tells when it began to run and in which attempt, and shows which process it is in: that one
// uses the processor for a while. Only the run that ends tells anything, so a beginning after a kill is
// the beginning of the run that replaced the killed one.
import {setTimeout as delay} from 'node:timers/promises';
import type {Client} from '#client/client.ts';
import {executorsOf, type Kind} from '../test/worker/processes.ts';
import {busyMs} from './cpu.ts';

const burnMs = 80;
/** Of the processor, before it counts as a probe: executors that only start up or tidy use less at once. */
const shownMs = 50;
const code = `export default async ({until}, {attempt}) => {
	const startedAt = Date.now();
	while (Date.now() < startedAt + ${burnMs});
	while (Date.now() < until) await new Promise(resolve => setTimeout(resolve, 5));
	return {startedAt, attempt};
};`;

const patienceMs = 30_000;
const lookMs = 5;
/** So long without use of the processor, and an executor counts as one that waits for work. */
const calmMs = 100;

export type Ended = {
	/** ms since the epoch. */
	readonly startedAt: number;
	readonly attempt: number;
	readonly executor: string;
	/** It was claimed: its work message came to a worker for the second time, or was sent again. */
	readonly claimed: boolean;
};

/** A retry waits next to nothing: how long it waits otherwise is the policy's, not Warren's. */
export async function deployProbe(client: Client): Promise<void> {
	const backoff = {baseMs: 1, factor: 1, maxMs: 1};
	const policy = {backoff, infraAttempts: 100};
	await client.deploy({name: 'probe', language: 'javascript', code, policy});
}

/** Probes that run at least so long. */
export async function submitProbes(client: Client, count: number, runMs: number): Promise<string[]> {
	const until = Date.now() + runMs;
	const receipts = Array.from({length: count}, () => client.submit('probe', {until}));
	return (await Promise.all(receipts)).map(({task}) => task);
}

/** @throws Error when one did not succeed */
export async function endOf(client: Client, task: string): Promise<Ended> {
	const {state, usage, failure} = await client.wait(task, {waitMs: patienceMs});
	if (state !== 'succeeded') throw new Error(`A probe is ${state}: ${failure?.message}`);
	const {startedAt, attempt} = await client.result<{startedAt: number; attempt: number}>(task);
	const claimed = (await client.history(task)).some(({event}) => event === 'claim');
	return {startedAt, attempt, executor: usage?.executor ?? '', claimed};
}

/**
 * The executors that take tasks of these workers, each with its worker, once there are so many of each,
 * with a spare for suspects beside them, and all wait for work.
 */
export async function calmExecutors(
	workers: readonly number[],
	countEach: number,
): Promise<Map<number, number>> {
	const all = (kind: Kind) =>
		workers.flatMap(worker => executorsOf(worker, kind).map(pid => [pid, worker] as const));
	const deadline = patience(
		`${workers.length} workers with ${countEach} executors and a spare that wait for work`,
	);
	for (let last = ''; ; deadline()) {
		const [executors, spares] = [all('e'), all('q')];
		const now = [...executors, ...spares].map(([pid]) => `${pid} ${busyMs(pid)}`).join();
		const complete = executors.length === workers.length * countEach && spares.length === workers.length;
		if (complete && now === last) return new Map(executors);
		last = now;
		await delay(calmMs);
	}
}

/**
 * One of the executors that probes run in, as soon as there is any.
 * @param before what `busyMs` said of each before the probes were submitted
 */
export async function burning(before: ReadonlyMap<number, number>): Promise<number> {
	for (const deadline = patience('an executor that runs a probe'); ; deadline()) {
		for (const [pid, was] of before) if (busyMs(pid) >= was + shownMs) return pid;
		await delay(lookMs);
	}
}

/** Asks until it is so. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
	for (const deadline = patience(what); ; deadline()) {
		const found = await look();
		if (found !== undefined) return found;
		await delay(lookMs);
	}
}

/** Throws, when called after too long a time, what was waited for in vain. */
function patience(what: string): () => void {
	const last = performance.now() + patienceMs;
	return () => {
		if (performance.now() > last) throw new Error(`Expected ${what} within ${patienceMs} ms`);
	};
}
