import {type Class, classes, defaultPool, partOf, poolOf, serves} from '#actors/lane.ts';
import type {LaneView, PoolView} from '#contract/pool.ts';
import {depthOf} from '#runtime/depth.ts';
import type {Stock} from '#store/store.ts';
import type {Answer} from './api.ts';
import {type Desk, yes} from './desk.ts';

/** Every pool that somebody has named: functions, tasks, workers, whoever paused it. */
export async function pools(desk: Desk): Promise<Answer<PoolView[]>> {
	const {store, pools: paused} = desk.home;
	const [stock] = await Promise.all([store.stock(), paused.load()]);
	const names = new Set([...namesIn(desk, stock), ...paused.list().map(({pool}) => pool)]);
	return yes(await Promise.all([...names].sort().map(name => viewOf(desk, name, stock))));
}

/**
 * Places nothing more of a pool until somebody resumes it. New tasks are taken and wait: whoever submits
 * them knows of functions, not of pools. What is in the broker runs out. Twice is harmless. It may be a pool
 * that nothing names yet; the answer says so, for it may be a typing error.
 */
export async function pausePool(
	desk: Desk,
	pool: string,
	{why = 'no reason was given'}: {why?: string} = {},
): Promise<Answer<PoolView>> {
	await desk.home.pools.pause({pool, why, at: desk.ambient.clock.now()});
	return yes(await viewOf(desk, pool, await desk.home.store.stock()));
}

/** What waits is placed at once. Of a pool that is not paused it changes nothing. */
export async function resumePool(desk: Desk, pool: string): Promise<Answer<PoolView>> {
	await desk.home.pools.resume(pool);
	return yes(await viewOf(desk, pool, await desk.home.store.stock()));
}

/** Pools and parts of pools that functions, tasks and workers name. */
function namesIn({home: {functions, roster}}: Desk, stock: readonly Stock[]): string[] {
	return [
		defaultPool,
		...functions.list().map(({live}) => partOf(live?.policy.pool ?? defaultPool, live?.policy.needs)),
		...stock.map(({pool}) => pool),
		...roster.workers().map(({pool}) => pool),
	];
}

async function viewOf(desk: Desk, name: string, stock: readonly Stock[]): Promise<PoolView> {
	const {home} = desk;
	const workers = home.roster
		.workers()
		.filter(one => serves(one, name) && (one.state === 'idle' || one.state === 'busy'));
	const sum = (count: (worker: (typeof workers)[0]) => number) =>
		workers.reduce((all, worker) => all + count(worker), 0);
	const lane = async (priority: Class): Promise<LaneView> => {
		const cells = stock.filter(cell => cell.pool === name && cell.class === priority);
		const depth = await depthOf(home.transport, home.names.work(name, priority));
		return {
			class: priority,
			waiting: cells.reduce((all, {waiting}) => all + waiting, 0),
			placed: cells.reduce((all, {placed}) => all + placed, 0),
			depth: depth ?? null,
		};
	};
	const pause = home.pools.get(poolOf(name));
	return {
		name,
		pause: pause ? {why: pause.why, at: pause.at} : null,
		named: namesIn(desk, stock).some(one => poolOf(one) === poolOf(name)),
		lanes: await Promise.all(classes.map(lane)),
		workers: workers.length,
		slots: sum(({slots}) => slots),
		busy: sum(({busy}) => busy),
	};
}
