import {fail} from '#actors/failure.ts';
import type {Api} from '#api/api.ts';
import type {AutoscaleView} from '#contract/autoscale.ts';
import type {ScaleView, SupervisorView} from '#contract/supervisor.ts';
import {worker} from './fakeViews.ts';

const supervisor: SupervisorView = {
	id: 'here-s1',
	pool: 'default',
	host: 'here',
	pid: 2,
	version: '0.1.0',
	state: 'running',
	wanted: 1,
	running: 1,
	workers: [{pid: 1, worker: 'w1', state: 'ready'}],
	restarts: 0,
	trouble: null,
	restart: null,
	startedAt: 1,
	lastBeat: 2,
};

type Verbs = Pick<Api, 'drain' | 'supervisors' | 'scale' | 'scaled' | 'explainScale' | 'restartWorkers'>;

const explained: AutoscaleView = {
	pool: 'default',
	rule: {min: 0, max: 8, targetWaitMs: 5000, cooldown: {upMs: 5000, downMs: 60_000}},
	node: 'n1',
	leads: true,
	leader: 'n1',
	at: 1000,
	workers: 2,
	load: {
		waiting: 0,
		busy: 1,
		taken: 1,
		arrivals: 1,
		offered: 0.2,
		runMs: 200,
		slots: 4,
		present: 2,
		idle: false,
	},
	why: 'right 2',
	decisions: [{at: 500, from: 0, to: 2, why: 'needed 2', node: 'n1'}],
};

/** One supervisor of the pool `default`, which does at once as it is told; other pools have none. */
export function fakeScale(): Verbs {
	const said = new Map<string, number>();
	let keeper = supervisor;
	const view = (pool: string): ScaleView => ({
		pool,
		workers: said.get(pool) ?? null,
		running: pool === keeper.pool ? keeper.running : 0,
		others: 0,
		done: pool === keeper.pool || (said.get(pool) ?? 0) === 0,
		supervisors: pool === keeper.pool ? [keeper] : [],
	});
	return {
		drain(id) {
			if (id !== worker.id) return {ok: false, failure: fail('NOT_FOUND', `No worker ${id} is heard of`)};
			return {ok: true, value: worker};
		},
		supervisors: () => [keeper],
		async scale(pool, workers) {
			said.set(pool, workers);
			const list = Array.from({length: workers}, (_, at) => ({
				pid: at,
				worker: `w${at}`,
				state: 'ready' as const,
			}));
			if (pool === keeper.pool) keeper = {...keeper, wanted: workers, running: workers, workers: list};
			return {ok: true, value: view(pool)};
		},
		explainScale: (pool = explained.pool) => (pool === explained.pool ? [explained] : []),
		scaled: async pool => ({ok: true, value: view(pool)}),
		restartWorkers(pool) {
			if (pool !== keeper.pool)
				return {ok: false, failure: fail('CONFLICT', `No supervisor of pool ${pool}`)};
			keeper = {...keeper, restart: {id: 'r1', left: 0}};
			return {ok: true, value: {id: 'r1', pool, supervisors: [keeper.id]}};
		},
	};
}
