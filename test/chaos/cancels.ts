// Cancels from outside: how long until what runs has really stopped? The worker is asked by what its
// heartbeats list, so what is measured includes the wait for the next beat and the broker's confirm of the
// outcome: the stop itself took less.
import type {Heartbeat} from '#contract/control.ts';
import type {OwnRabbit} from '../harness/rabbit.ts';
import {type Beats, hearBeats} from './beats.ts';
import {type Cluster, openCluster} from './cluster.ts';
import {type Dice, seeded} from './dice.ts';
import {allTasks, type Histories, judgeHistories, mistakesIn} from './histories.ts';

export type CancelReport = {
	readonly cancels: number;
	readonly seed: number;
	/** From the call until the receipt, ms. */
	readonly receipt: Spread;
	/** From the call until the worker names it no more, ms: of those that ran, by what they did. */
	readonly stops: Readonly<Record<Running, Spread>>;
	readonly complaints: readonly string[];
	readonly histories: Histories;
};

export type Spread = {
	readonly count: number;
	readonly p50: number;
	readonly p99: number;
	readonly most: number;
};

type Running = 'spins' | 'awaits';

const code = `export default async kind => {
	if (kind === 'spins') for (;;);
	await new Promise(() => {});
};`;

const policy = {wallMs: 600_000, cpuMs: 600_000};
const beatMs = 50;
const lastBeats = 10;
const executors = 2;
const slots = 2;
/** Each round fills the worker, and has as many more that wait. */
const size = executors * slots;

/** What is promised of a thousand cancels: how long nearly all of what ran took to stop, at most, ms. */
const promise = {cancels: 1000, p99: 250};

/**
 * Cancels at least so many tasks: a third spin, a third await, the rest are queued behind them. The seed says
 * in which order.
 */
export async function cancelMany(rabbit: OwnRabbit, cancels: number, seed: number): Promise<CancelReport> {
	const dice = seeded(seed);
	const settings = [`worker.slots=${slots}`, `worker.heartbeat=${beatMs}ms`];
	const cluster = await openCluster({rabbit, workers: 1, executors, settings});
	const beats = await hearBeats(rabbit.url, cluster.names);
	try {
		await cluster.client.deploy({name: 'endless', language: 'javascript', code, policy});
		const tally: Tally = {receipts: [], spins: [], awaits: [], complaints: [], over: createOver()};
		beats.each(tally.over.hear);
		while (tally.receipts.length < cancels) await cancelRound(cluster, beats, tally, dice);
		await quiet(beats);
		const {ledger} = await cluster.client.status();
		if (ledger.cancelled !== ledger.accepted || ledger.accepted !== tally.receipts.length) {
			tally.complaints.push(
				`${tally.receipts.length} were cancelled; the ledger says ${JSON.stringify(ledger)}`,
			);
		}
		const histories = await judgeHistories(cluster.client, await allTasks(cluster.client));
		const stops = {spins: spreadOf(tally.spins), awaits: spreadOf(tally.awaits)};
		const late = tooLate(tally.receipts.length, stops);
		return {
			...{cancels: tally.receipts.length, seed, receipt: spreadOf(tally.receipts), stops, histories},
			complaints: [...tally.complaints, ...tally.over.broken(), ...late, ...mistakesIn(histories)],
		};
	} finally {
		await beats.close();
		await cluster.close();
	}
}

/** What is promised of so many cancels and was not held, in words; of fewer nothing is promised. */
export function tooLate(cancels: number, stops: CancelReport['stops']): string[] {
	if (cancels < promise.cancels) return [];
	return Object.entries(stops).flatMap(([kind, {p99}]) =>
		p99 > promise.p99
			? [`of ${cancels} cancels the p99 stop of what ${kind} took ${p99} ms, more than ${promise.p99}`]
			: [],
	);
}

type Tally = {receipts: number[]; complaints: string[]; over: Over} & Record<Running, number[]>;

export type Over = {
	/** From now on no beat may say that this task runs. */
	add(id: string): void;
	readonly hear: (beat: Heartbeat) => void;
	/** Those that ran nevertheless, in words. */
	broken(): string[];
};

/** What must not run any more, held against every beat that comes. */
export function createOver(): Over {
	const over = new Set<string>();
	const ran = new Set<string>();
	return {
		add: id => void over.add(id),
		hear({held}) {
			for (const {task, startedAt} of held) if (startedAt !== null && over.has(task)) ran.add(task);
		},
		broken: () => [...ran].map(id => `${id} ran after its cancel`),
	};
}

async function cancelRound({client}: Cluster, beats: Beats, tally: Tally, dice: Dice): Promise<void> {
	const submit = async (kind: Running) => ({kind, id: (await client.submit('endless', kind)).task});
	const kinds = Array.from({length: size}, (_, at): Running => (at % 2 === 0 ? 'spins' : 'awaits'));
	const runs: {kind: Running; id: string}[] = [];
	for (const kind of dice.shuffled(kinds)) runs.push(await submit(kind));
	await beats.until(beat => runs.every(({id}) => startedIn(beat, id)));
	const queued: string[] = [];
	for (let at = 0; at < size / 2; at += 1) queued.push((await submit('spins')).id);
	const cancel = async (id: string) => {
		const at = Date.now();
		const since = performance.now();
		const {state, cancelled} = await client.cancel(id);
		tally.receipts.push(performance.now() - since);
		if (state !== 'cancelled' || !cancelled) tally.complaints.push(`${id} was not cancelled, it is ${state}`);
		return at;
	};
	for (const id of dice.shuffled(queued)) {
		await cancel(id);
		// It had not started, and has no reason to.
		tally.over.add(id);
	}
	const stopped = dice.shuffled(runs).map(async ({kind, id}) => {
		const at = await cancel(id);
		const beat = await beats.until(({at: said, held}) => said >= at && !held.some(({task}) => task === id));
		tally[kind].push(beat.at - at);
		tally.over.add(id);
	});
	await Promise.all(stopped);
}

/** The last of the tasks have had their chance to run when the worker has beaten a few times more. */
async function quiet(beats: Beats): Promise<void> {
	for (let beat = 0; beat < lastBeats; beat += 1) await beats.until(() => true);
}

const startedIn = ({held}: Heartbeat, id: string): boolean =>
	held.some(({task, startedAt}) => task === id && startedAt !== null);

function spreadOf(times: readonly number[]): Spread {
	const sorted = [...times].sort((a, b) => a - b);
	const at = (part: number) =>
		Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0) * 10) / 10;
	return {count: sorted.length, p50: at(0.5), p99: at(0.99), most: at(1)};
}
