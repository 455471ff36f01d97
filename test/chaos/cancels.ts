// Cancels from outside: how long until what runs has really stopped? The worker is asked by what its
// heartbeats list, so what is measured includes the wait for the next beat and the broker's confirm of the
// outcome: the stop itself took less.
import type {Heartbeat} from '#contract/control.ts';
import type {OwnRabbit} from '../harness/rabbit.ts';
import {type Beats, hearBeats} from './beats.ts';
import {type Cluster, openCluster} from './cluster.ts';
import {allTasks, type Histories, judgeHistories, mistakesIn} from './histories.ts';

export type CancelReport = {
	readonly cancels: number;
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
const executors = 2;
const slots = 2;
/** Each round fills the worker, and has as many more that wait. */
const size = executors * slots;

/** Cancels at least so many tasks: a third spin, a third await, the rest are queued behind them. */
export async function cancelMany(rabbit: OwnRabbit, cancels: number): Promise<CancelReport> {
	const settings = [`worker.slots=${slots}`, `worker.heartbeat=${beatMs}ms`];
	const cluster = await openCluster({rabbit, workers: 1, executors, settings});
	const beats = await hearBeats(rabbit.url, cluster.names);
	try {
		await cluster.client.deploy({name: 'endless', language: 'javascript', code, policy});
		const tally = {
			receipts: [] as number[],
			spins: [] as number[],
			awaits: [] as number[],
			complaints: [] as string[],
		};
		while (tally.receipts.length < cancels) await cancelRound(cluster, beats, tally);
		const {ledger} = await cluster.client.status();
		if (ledger.cancelled !== ledger.accepted || ledger.accepted !== tally.receipts.length) {
			tally.complaints.push(
				`${tally.receipts.length} were cancelled; the ledger says ${JSON.stringify(ledger)}`,
			);
		}
		const histories = await judgeHistories(cluster.client, await allTasks(cluster.client));
		return {
			cancels: tally.receipts.length,
			receipt: spreadOf(tally.receipts),
			stops: {spins: spreadOf(tally.spins), awaits: spreadOf(tally.awaits)},
			complaints: [...tally.complaints, ...mistakesIn(histories)],
			histories,
		};
	} finally {
		await beats.close();
		await cluster.close();
	}
}

type Tally = {receipts: number[]; complaints: string[]} & Record<Running, number[]>;

async function cancelRound({client}: Cluster, beats: Beats, tally: Tally): Promise<void> {
	const submit = async (kind: Running) => ({kind, id: (await client.submit('endless', kind)).task});
	const runs: {kind: Running; id: string}[] = [];
	for (let at = 0; at < size; at += 1) runs.push(await submit(at % 2 === 0 ? 'spins' : 'awaits'));
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
	for (const id of queued) await cancel(id);
	const stopped = runs.map(async ({kind, id}) => {
		const at = await cancel(id);
		const beat = await beats.until(({at: said, held}) => said >= at && !held.some(({task}) => task === id));
		tally[kind].push(beat.at - at);
		for (const late of queued)
			if (startedIn(beat, late)) tally.complaints.push(`${late} ran after its cancel`);
	});
	await Promise.all(stopped);
}

const startedIn = ({held}: Heartbeat, id: string): boolean =>
	held.some(({task, startedAt}) => task === id && startedAt !== null);

function spreadOf(times: readonly number[]): Spread {
	const sorted = [...times].sort((a, b) => a - b);
	const at = (part: number) =>
		Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0) * 10) / 10;
	return {count: sorted.length, p50: at(0.5), p99: at(0.99), most: at(1)};
}
