// What homes count for the metrics: what outcomes say, and what is only looked at when somebody asks.
import type {OutcomeItem} from '#contract/outcome.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Stock, Store, TaskRow} from '#store/store.ts';
import type {Functions} from './functions.ts';
import type {Limits} from './limits.ts';
import type {PausedPools} from './pausedPools.ts';
import type {Placing} from './placing.ts';
import type {Dispatch} from './runtime.ts';
import {startable} from './startable.ts';

/** An outcome was committed. */
export function measure(
	{metrics}: Ambient,
	dispatch: Dispatch,
	row: TaskRow,
	{failure, usage, startedAt}: OutcomeItem,
): void {
	const labels = {function: row.function};
	if (failure) metrics.failures.inc({function: row.function, code: failure.code});
	if (row.endedAt !== null) metrics.totalSeconds.observe(labels, (row.endedAt - row.createdAt) / 1000);
	if (!usage) return;
	dispatch.measured(row.version, usage.runMs);
	metrics.queueSeconds.observe(labels, Math.max(0, startedAt - row.createdAt) / 1000);
	metrics.runSeconds.observe(labels, usage.runMs / 1000);
	if (!usage.cold) return;
	metrics.initSeconds.observe(labels, usage.initMs / 1000);
	metrics.coldStarts.inc(labels);
}

/** What is only looked at when somebody asks for the metrics, until it is over. */
export function gaugeHome(
	ambient: Ambient,
	store: Store,
	{functions, pools, window}: Pick<Placing, 'functions' | 'pools' | 'window'>,
	over: AbortSignal,
): void {
	const {tasks, registry} = ambient.metrics;
	const collect = async () => {
		gaugePauses(ambient, functions, pools);
		gaugeLimits(ambient, window.limits);
		const [counts, stock] = await Promise.all([store.counts(), store.stock()]);
		gaugeStock(ambient, stock, {functions, pools});
		tasks.reset();
		for (const {function: fn, state, count} of counts) tasks.inc({function: fn, state}, count);
	};
	registry.collectors.add(collect);
	over.addEventListener('abort', () => registry.collectors.delete(collect));
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
