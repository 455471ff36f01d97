// A whole node, as small as it can be: one executor, in which hostile functions and a good one live
// side by side. What a fight comes to is a list of complaints; none is as it should be.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import type {Failure} from '#actors/failure.ts';
import type {Api} from '#api/api.ts';
import type {LineOutcome} from '#contract/chunk.ts';
import type {TaskView} from '#contract/task.ts';
import {createWarren, type Warren} from '#warren.ts';
import {type TestAmbient, testAmbient} from '../harness/ambient.ts';
import type {Case} from './case.ts';
import {secret} from './host.ts';
import {judge} from './judge.ts';
import {unrest} from './quiet.ts';
import type {Seen} from './seen.ts';

export type Arena = {
	readonly warren: Warren;
	readonly ambient: TestAmbient;
	stop(): Promise<void>;
};

let fights = 0;
const neighbour = 'neighbour';
const death = 'executor died';
const neighbourCode = `export default async ({from, to}) => {
	let sum = 0;
	for (let n = from; n <= to; n++) sum += [n].map(each => each * 2).reduce((a, b) => a + b, 0);
	await null;
	return {sum, text: JSON.stringify([...new Set([from, to])]), at: new Date(0).toISOString()};
};`;
/** Little, so that what takes memory without end is soon where it is killed. */
const usualRssMb = 640;
/** Longer than any limit of a case, and shorter than Ava waits for news. */
export const endMs = 50_000;

export async function openArena(hardRssMb = usualRssMb): Promise<Arena> {
	process.env.WARREN_ARENA_SECRET = secret;
	const folder = mkdtempSync(join(tmpdir(), 'warren-arena-'));
	const ambient = testAmbient();
	const warren = await createWarren(
		{data: folder, worker: {executors: 1, slots: 6, memoryBudgetMb: 256, hardRssMb}},
		ambient,
	);
	await warren.start();
	const made = await warren.api.deploy({name: neighbour, language: 'javascript', code: neighbourCode});
	if (!made.ok) throw new Error(`The neighbour can't be deployed: ${made.failure.message}`);
	return {
		warren,
		ambient,
		async stop() {
			await warren.stop();
			rmSync(folder, {recursive: true, force: true});
		},
	};
}

type Rules = {
	/** How long an end is waited for. */
	readonly patienceMs?: number;
	/** Nobody else calls: executors must rest after it. */
	readonly alone?: boolean;
	/** Its inputs are the lines of one chunk. */
	readonly asLines?: boolean;
};

/** Lets a hostile function loose beside the good one. */
export async function fight(arena: Arena, one: Case, rules: Rules = {}): Promise<string[]> {
	if (one.hardRssMb === undefined) return meet(arena, one, rules);
	const own = await openArena(one.hardRssMb);
	try {
		return await meet(own, one, rules);
	} finally {
		await own.stop();
	}
}

async function meet(
	arena: Arena,
	one: Case,
	{patienceMs = endMs, alone = true, asLines = false}: Rules,
): Promise<string[]> {
	const {api} = arena.warren;
	const complaints: string[] = [];
	const ask = async (when: string, times: number) => {
		for (let at = 0; at < times; at++) {
			const wrong = await askNeighbour(api, at + 1, patienceMs);
			if (wrong) complaints.push(`the neighbour, ${when}: ${wrong}`);
		}
	};
	const deaths = () => arena.ambient.lines.filter(({msg}) => msg === death).length;
	const died = deaths();
	await ask('before', 1);
	const attacks = Array.from({length: one.copies}, () => attack(api, one, patienceMs, asLines));
	const [seen] = await Promise.all([Promise.all(attacks), ask('meanwhile', 3)]);
	complaints.push(...seen.flatMap(each => judge(one, each)));
	await ask('afterwards', 1);
	const restless = alone && one.copies > 1 ? await unrest() : '';
	if (restless) complaints.push(restless);
	if (api.ready() !== undefined) complaints.push(`the node is not ready: ${api.ready()}`);
	if (api.workers().length !== 1) complaints.push(`there are ${api.workers().length} workers`);
	// What spins in a call that has ended is found a second later; the calls behind it may have ended elsewhere by then.
	if (one.executor === 'replaced') await within(arena.ambient.logged(death, died + 1), patienceMs);
	const fell = deaths() - died;
	const wrong = {same: fell > 0, replaced: fell === 0, any: false};
	if (wrong[one.executor]) complaints.push(`${fell} executors died`);
	return complaints;
}

/** One answer of the good function; says what is wrong with it, '' if nothing is. */
export async function askNeighbour(api: Api, from: number, patienceMs = endMs): Promise<string> {
	const to = from + 99;
	const sum = (from + to) * 100;
	const [seen] = await call(api, neighbour, [{from, to}], patienceMs);
	const right = {sum, text: `[${from},${to}]`, at: '1970-01-01T00:00:00.000Z'};
	if (JSON.stringify(seen?.result) === JSON.stringify(right)) return '';
	return `expected ${JSON.stringify(right)}, got ${JSON.stringify(seen)}`;
}

async function attack(api: Api, one: Case, patienceMs: number, asLines: boolean): Promise<Seen[]> {
	const name = `hostile-${++fights}`;
	const {policy} = one;
	// Each a version of its own: what is the same would share sandboxes.
	const code = `${one.code}\n// ${name}`;
	const since = performance.now();
	const deployed = await within(api.deploy({name, language: 'javascript', code, policy}), patienceMs);
	const tookMs = performance.now() - since;
	if (!deployed) return [{end: 'nothing', text: 'the deployment did not end', tookMs}];
	if (!deployed.ok) {
		const {failure} = deployed;
		return [{end: failure.code, atDeploy: true, failure, text: JSON.stringify(failure), tookMs}];
	}
	if (asLines) return callLines(api, name, one.inputs, patienceMs);
	const alone = one.inputs.length - one.together;
	const seen: Seen[] = [];
	for (const input of one.inputs.slice(0, alone)) seen.push(...(await call(api, name, [input], patienceMs)));
	return [...seen, ...(await call(api, name, one.inputs.slice(alone), patienceMs))];
}

async function call(api: Api, name: string, inputs: readonly unknown[], patienceMs: number): Promise<Seen[]> {
	const since = performance.now();
	const receipts = await api.submit(
		inputs.map(input => ({
			function: name,
			input: Buffer.from(JSON.stringify(input)),
			door: 'api',
			asynchronous: false,
		})),
	);
	return Promise.all(
		receipts.map(async (receipt): Promise<Seen> => {
			const task = receipt.ok ? await api.await(receipt.value.task, patienceMs) : receipt;
			const tookMs = performance.now() - since;
			if (!task.ok) return {end: task.failure.code, text: task.failure.message, tookMs};
			return look(api, task.value, tookMs);
		}),
	);
}

async function callLines(
	api: Api,
	name: string,
	inputs: readonly unknown[],
	patienceMs: number,
): Promise<Seen[]> {
	const since = performance.now();
	const lines = Buffer.from(inputs.map(input => JSON.stringify(input)).join('\n'));
	const taken = await api.map({function: name, door: 'api', lines, size: inputs.length});
	const [chunk] = taken.ok ? taken.value : [];
	if (!chunk?.answer.ok) throw new Error('The lines were not taken');
	const task = await api.await(chunk.answer.value.task, patienceMs);
	if (!task.ok) throw new Error(task.failure.message);
	const {end, result, text, failure} = await look(api, task.value, 0);
	const tookMs = performance.now() - since;
	const outcomes = end === 'ok' ? (result as readonly LineOutcome[]) : [];
	if (outcomes.length !== inputs.length) return [{end, text, failure: failure ?? null, tookMs}];
	return outcomes.map(one =>
		'value' in one
			? {end: 'ok', result: one.value, text: JSON.stringify(one.value), tookMs}
			: {end: one.failure.code, failure: one.failure as Failure, text: JSON.stringify(one), tookMs},
	);
}

async function look(api: Api, {id, state, failure, usage}: TaskView, tookMs: number): Promise<Seen> {
	const [result, logs] = await Promise.all([api.result(id), api.logs(id)]);
	const lines = logs.ok ? logs.value.flatMap(log => log.lines) : [];
	const raw = result.ok ? result.value.toString('utf8') : '';
	const text = JSON.stringify({failure, lines}) + raw;
	const common = {usage, lines, text, tookMs};
	if (state === 'succeeded') return {...common, end: 'ok', result: JSON.parse(raw) as unknown};
	return {...common, end: failure?.code ?? state, failure};
}

async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
	const over = AbortSignal.timeout(ms);
	const late = new Promise<undefined>(resolve => over.addEventListener('abort', () => resolve(undefined)));
	return Promise.race([work, late]);
}
