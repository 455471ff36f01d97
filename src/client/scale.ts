import type {AutoscaleList, AutoscaleView} from '#contract/autoscale.ts';
import type {WorkerView} from '#contract/status.ts';
import type {Rolling, ScaleView, SupervisorList, SupervisorView} from '#contract/supervisor.ts';

/** How many workers there are. */
export type ScaleVerbs = {
	/** The pool supervisors that the node hears of. */
	supervisors(): Promise<SupervisorView[]>;
	/** Says how many workers a pool should have; `scaled` tells when it is so. */
	scale(pool: string, workers: number): Promise<ScaleView>;
	scaled(pool: string): Promise<ScaleView>;
	/** What the rules of pools saw, decided and why. */
	explainScale(query?: {pool?: string}): Promise<AutoscaleView[]>;
	/** Each supervisor of the pool replaces its workers, `mostAtOnce` (1) at once; `scaled` tells how far they are. */
	restartWorkers(pool: string, options?: {mostAtOnce?: number}): Promise<Rolling>;
	/** Tells a worker to finish what it has and to exit. Orders may be lost: tell it until `workers` says so too. */
	drain(worker: string): Promise<WorkerView>;
};

type Query = Readonly<Record<string, number | string | undefined>>;
type Calls = {
	readonly get: <T>(path: string, query?: Query) => Promise<T>;
	readonly post: <T>(path: string, query?: Query) => Promise<T>;
};

export function scaleVerbs({get, post}: Calls): ScaleVerbs {
	const at = (pool: string, verb: string) => `/v1/pools/${encodeURIComponent(pool)}/${verb}`;
	return {
		supervisors: async () => (await get<SupervisorList>('/v1/supervisors')).supervisors,
		scale: (pool, workers) => post(at(pool, 'scale'), {workers}),
		scaled: pool => get(at(pool, 'scale')),
		explainScale: async (query = {}) => (await get<AutoscaleList>('/v1/autoscale', query)).pools,
		restartWorkers: (pool, options = {}) => post(at(pool, 'restart'), options),
		drain: worker => post(`/v1/workers/${encodeURIComponent(worker)}/drain`),
	};
}
