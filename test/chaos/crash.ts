// One task that takes its executor, or its worker, down whenever it runs, among good ones on one worker:
// who pays?
import {readFile} from 'node:fs/promises';
import {setTimeout as delay} from 'node:timers/promises';
import {defaultPolicy} from '#actors/policy.ts';
import {mostSoloLosses} from '#actors/task.ts';
import type {TaskView} from '#contract/task.ts';
import type {OwnRabbit} from '../harness/rabbit.ts';
import {executorsOf} from '../worker/processes.ts';
import {type Cluster, openCluster} from './cluster.ts';
import {type Dice, seeded} from './dice.ts';
import {allTasks, type Histories, judgeHistories, mistakesIn} from './histories.ts';

/** What the culprit does to the process it runs in, or to the worker of that. */
export const crashes = ['abort', 'kill', 'worker'] as const;
export type Crash = (typeof crashes)[number];

export type CrashReport = {
	readonly crash: Crash;
	readonly seed: number;
	readonly good: number;
	/** How often something was taken down. */
	readonly crashes: number;
	/** What is not as it must be, in words. */
	readonly complaints: readonly string[];
	readonly histories: Histories;
};

/** The mark by which the harness knows the executor that the culprit is in: memory, MiB. */
const markMb = 96;
const pageBytes = 4096;
const lookMs = 5;
const patienceMs = 120_000;

// No code can take down the executors of today, so the culprit only shows where it is, and waits.
const culpritCode = `export default async () => {
	const kept = new Uint8Array(${markMb} * 1024 * 1024).fill(1);
	await new Promise(resolve => setTimeout(resolve, 60_000));
	return kept.length;
};`;
const goodCode = `export default async ({n, ms}) => {
	await new Promise(resolve => setTimeout(resolve, ms));
	return n * 2;
};`;

/** Who was beside a worker that dies again and again has many claims: of that many no run may be found. */
const unsurePart = 0.1;

/** The seed says where among the good ones the culprit comes, and how long each of them takes. */
export async function crashAmong(
	rabbit: OwnRabbit,
	good: number,
	crash: Crash,
	seed: number,
	mode: 'pull' | 'push' = 'pull',
): Promise<CrashReport> {
	const dice = seeded(seed);
	const settings = [`dispatch.mode=${mode}`];
	const cluster = await openCluster({rabbit, workers: 1, executors: 1, settings});
	try {
		const {client} = cluster;
		const backoff = {baseMs: 100, factor: 1, maxMs: 100};
		const limits = {wallMs: 120_000, cpuMs: 60_000, memoryMb: 512};
		await client.deploy({name: 'good', language: 'javascript', code: goodCode});
		await client.deploy({
			name: 'culprit',
			language: 'javascript',
			code: culpritCode,
			policy: {backoff, ...limits},
		});
		const before = dice.between(Math.floor(good / 4), Math.floor((good * 3) / 4));
		const first = await submitGood(cluster, dice, 0, before);
		const {task: culprit} = await client.submit('culprit', null, {key: 'culprit'});
		const rest = await submitGood(cluster, dice, before, good);
		const ids = [...first, ...rest];
		const count = await hunt(cluster, crash, [...ids, culprit]);
		const found = await examine(cluster, ids, culprit, crash);
		const histories = await judgeHistories(client, await allTasks(client));
		const complaints = [...found, ...mistakesIn(histories, unsurePart)];
		return {crash, seed, good, crashes: count, complaints, histories};
	} finally {
		await cluster.close();
	}
}

async function submitGood({client}: Cluster, dice: Dice, from: number, to: number): Promise<string[]> {
	const items = Array.from({length: to - from}, (_, at) => ({
		input: {n: from + at, ms: dice.between(5, 35)},
		options: {key: `good-${from + at}`},
	}));
	const ids: string[] = [];
	for await (const answer of client.submitMany('good', items)) {
		if (!answer.ok) throw new Error(answer.failure.message);
		ids.push(answer.receipt.task);
	}
	return ids;
}

/** Takes down whatever the culprit is in, again and again, until all is over. Resolves to how often. */
async function hunt(cluster: Cluster, crash: Crash, ids: readonly string[]): Promise<number> {
	const [place] = cluster.workers;
	if (!place) throw new Error('Expected a cluster with a worker');
	let count = 0;
	let isOver = false;
	const watch = async () => {
		while (!isOver) {
			const pid = await marked(executorsOf(place.process.pid));
			if (pid === undefined) await delay(lookMs);
			else {
				count += 1;
				if (crash === 'worker') {
					await place.process.kill();
					await place.restart();
				} else await takeDown(pid, crash === 'abort' ? 'SIGABRT' : 'SIGKILL');
			}
		}
	};
	const late = AbortSignal.timeout(patienceMs);
	const over = Promise.all(ids.map(id => cluster.client.wait(id, {signal: late}))).finally(() => {
		isOver = true;
	});
	await Promise.all([watch(), over]);
	return count;
}

async function marked(pids: readonly number[]): Promise<number | undefined> {
	for (const pid of pids) {
		const statm = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
		const residentMb = (Number(statm.split(' ')[1] ?? 0) * pageBytes) / 2 ** 20;
		// An executor with a few warm sandboxes of the good function has well under 90 MiB.
		if (residentMb > markMb + 60) return pid;
	}
	return undefined;
}

/** Resolves when the process is gone. */
async function takeDown(pid: number, signal: NodeJS.Signals): Promise<void> {
	try {
		for (process.kill(pid, signal); process.kill(pid, 0); ) await delay(lookMs);
	} catch {
		// It is gone.
	}
}

async function examine(
	{client}: Cluster,
	ids: readonly string[],
	culprit: string,
	crash: Crash,
): Promise<string[]> {
	const complaints: string[] = [];
	for (const [n, id] of ids.entries()) {
		const view = await client.get(id);
		const {state, charged, attempt, failure} = view;
		if (state !== 'succeeded')
			complaints.push(`good task ${n} is ${state}: ${failure?.code} ${failure?.message}`);
		else if ((await client.result(id)) !== n * 2) complaints.push(`good task ${n} has a wrong result`);
		if (charged !== 0 || attempt !== 1)
			complaints.push(`good task ${n} was charged ${charged} of ${attempt} attempts`);
	}
	complaints.push(...judgeCulprit(await client.get(culprit), crash));
	if (crash !== 'worker') return complaints;
	const alone = (await client.history(culprit)).filter(({why}) => why?.includes('granted to run alone'));
	if (alone.length === mostSoloLosses) return complaints;
	const story = (await client.history(culprit)).map(
		({at, event, why, worker}) => `${at} ${event} ${worker} ${why}`,
	);
	return [
		...complaints,
		`the culprit ran alone ${alone.length} times, expected ${mostSoloLosses}:\n${story.join('\n')}`,
	];
}

function judgeCulprit({state, charged, failure}: TaskView, crash: Crash): string[] {
	const expected = crash === 'worker' ? 'DELIVERY_LIMIT' : 'CRASHED';
	const allowed = crash === 'worker' ? 0 : defaultPolicy.infraAttempts;
	if (state === 'dead' && failure?.code === expected && charged === allowed) return [];
	const how = `${state} ${failure?.code ?? ''}, charged ${charged}`;
	const limit = crash === 'worker' ? `after ${mostSoloLosses} workers` : `charged ${allowed}`;
	return [`expected the culprit to be dead of ${expected}, ${limit}; it is ${how}`];
}
