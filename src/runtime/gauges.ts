// What is only looked at when somebody asks for the metrics. What does not answer in time, or fails, is left out,
// and all else is told: when the store or the broker is away somebody wants to know what is left.
import {atMost} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Stock, Store} from '#store/store.ts';
import type {Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import type {Functions} from './functions.ts';
import type {Limits} from './limits.ts';
import type {PausedPools} from './pausedPools.ts';
import type {Placing} from './placing.ts';
import {startable} from './startable.ts';
import type {Trouble} from './trouble.ts';
import type {Watermark} from './watermark.ts';

type Parts = {
	readonly store: Store;
	readonly transport: Transport;
	readonly names: Names;
	readonly placing: Pick<Placing, 'functions' | 'pools' | 'window'>;
	readonly trouble: Trouble;
	readonly watermark: Pick<Watermark, 'owing'>;
	readonly over: AbortSignal;
};

/** Whoever asks for metrics waits ten seconds, as a rule. */
const patienceMs = 2000;

/** Until it is over. */
export function gaugeHome(
	ambient: Ambient,
	{store, transport, names, placing, trouble, watermark, over}: Parts,
): void {
	const {registry} = ambient.metrics;
	const {functions, pools, window} = placing;
	const collect = async () => {
		gaugePauses(ambient, functions, pools);
		gaugeLimits(ambient, window.limits);
		gaugeEffects(ambient, watermark);
		await Promise.all([
			inTime(ambient, store.counts()).then(counts =>
				// A damaged file may count all the same, and takes nothing.
				gaugeStore(ambient, counts, store.damage() ?? trouble.why),
			),
			inTime(ambient, store.stock()).then(stock => gaugeStock(ambient, stock ?? [], placing)),
			inTime(ambient, depthsOf(transport, names)).then(depths => gaugeQueues(ambient, depths ?? [])),
		]);
	};
	registry.collectors.add(collect);
	over.addEventListener('abort', () => registry.collectors.delete(collect));
}

/** Undefined, rather than what was so some time ago. */
async function inTime<T>({clock, log}: Ambient, work: Promise<T>): Promise<T | undefined> {
	let found: T | undefined;
	const looking = work.then(
		is => {
			found = is;
		},
		error => log.debug({err: error}, 'a metric could not be looked up'),
	);
	await atMost(clock, patienceMs, looking);
	return found;
}

/** Who has nothing to commit finds out only here that the store is away. */
function gaugeStore(
	{metrics: {tasks, storeTrouble}}: Ambient,
	counts: readonly Counted[] | undefined,
	trouble: string | undefined,
): void {
	storeTrouble.set(counts === undefined || trouble !== undefined ? 1 : 0);
	tasks.reset();
	for (const {function: fn, state, count} of counts ?? []) tasks.inc({function: fn, state}, count);
}

type Counted = Awaited<ReturnType<Store['counts']>>[number];
type QueueDepth = {readonly queue: string; readonly messages: number};

/** Of the queues that no pool has: where producers wait, and where people should look. */
async function depthsOf(transport: Transport, names: Names): Promise<QueueDepth[]> {
	const queues = [names.intake, names.refused, names.outcomes, names.dead];
	const depths = await Promise.all(queues.map(queue => transport.depth(queue)));
	return queues.map((queue, at) => ({queue, messages: depths[at] ?? 0}));
}

function gaugeQueues({metrics}: Ambient, depths: readonly QueueDepth[]): void {
	metrics.queueMessages.reset();
	for (const {queue, messages} of depths) metrics.queueMessages.set({queue}, messages);
}

function gaugeStock(
	{metrics: {queued, startable: able}}: Ambient,
	stock: readonly Stock[],
	held: Pick<Placing, 'functions' | 'pools'>,
): void {
	queued.reset();
	able.reset();
	for (const one of stock) {
		const {pool, class: lane, waiting, placed} = one;
		queued.inc({pool, class: lane, where: 'store'}, waiting);
		queued.inc({pool, class: lane, where: 'broker'}, placed);
		able.inc({pool}, startable(one, held));
	}
}

function gaugePauses({metrics}: Ambient, functions: Functions, pools: PausedPools): void {
	metrics.paused.reset();
	for (const {row} of functions.list()) {
		if (row.pause) metrics.paused.set({function: row.name, by: row.pause.by}, 1);
	}
	metrics.pausedPools.reset();
	for (const {pool} of pools.list()) metrics.pausedPools.set({pool}, 1);
}

function gaugeLimits({metrics}: Ambient, limits: Limits): void {
	metrics.limit.reset();
	metrics.limitUsed.reset();
	for (const [fn, most] of limits.functions) {
		metrics.limit.set({function: fn}, most);
		metrics.limitUsed.set({function: fn}, limits.placed(fn));
	}
}

function gaugeEffects({metrics}: Ambient, {owing: {commits, forMs}}: Pick<Watermark, 'owing'>): void {
	metrics.owing.set(commits);
	metrics.owingSeconds.set(forMs / 1000);
}
