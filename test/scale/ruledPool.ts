// A pool with a rule, and whatever a test says that is seen of it.
import {setImmediate as turn} from 'node:timers/promises';
import type {Ruled, Ruling} from '#contract/autoscale.ts';
import type {WorkerView} from '#contract/status.ts';
import type {ScaleView, SupervisorView} from '#contract/supervisor.ts';
import type {Held} from '#runtime/roster.ts';
import {createAutoscaler} from '#scale/autoscaler.ts';
import type {ScaleRule} from '#scale/rule.ts';
import {noRulings} from '#scale/rulings.ts';
import type {Stock} from '#store/store.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';

export const seconds = (count: number) => count * 1000;
const rule: ScaleRule = {
	...{min: 0, max: 8, targetWaitMs: seconds(5)},
	cooldown: {upMs: 0, downMs: seconds(10)},
};

export const workerOf = (id: string, more: Partial<WorkerView> = {}): WorkerView => ({
	...{id, pool: 'gpu', tags: [], host: 'h', pid: 1, version: '0', state: 'idle', slots: 4, busy: 0, warm: {}},
	...{rssBytes: 1, executors: 1, restarts: 0, ended: 0, slotMs: 0, missingWalls: [], supervisor: 's1'},
	...{startedAt: 0, lastBeat: 0},
	...more,
});

export const keeper = (wanted: number, state: 'running' | 'lost' = 'running'): SupervisorView => ({
	...{id: 's1', pool: 'gpu', host: 'h', pid: 1, version: '0', wanted, workers: [], restarts: 0},
	...{trouble: null, restart: null, startedAt: 0, state, running: wanted, lastBeat: 0},
});

/** An autoscaler of one pool over a world that is whatever a test says it is. */
export function world(home = 'a') {
	const clock = createFakeClock();
	const ambient = testAmbient(clock);
	const seen = {
		stock: [] as Stock[],
		workers: [] as WorkerView[],
		held: [] as Held[],
		homes: [{home: 'a', live: true}],
		said: null as number | null,
		others: 0,
		supervisors: [keeper(0)],
		scaled: [] as number[],
		broken: false,
		/** The other servers that say that they have the rule; undefined: nobody has listened long enough. */
		ruled: ['a'] as string[] | undefined,
		told: [] as Omit<Ruling, 'from'>[],
		/** Happens while it looks. */
		meanwhile: () => {},
	};
	let decided: (ruled: Ruled) => void = () => {};
	const view = async (pool: string): Promise<ScaleView> => {
		seen.meanwhile();
		return {
			...{pool, workers: seen.said, running: 0, others: seen.others, done: false},
			supervisors: seen.supervisors,
		};
	};
	const autoscaler = createAutoscaler(ambient, {
		rules: {gpu: rule},
		home,
		store: {
			shared: true,
			async stock() {
				if (seen.broken) throw new Error('no store');
				return seen.stock;
			},
			homes: async () => seen.homes,
		},
		scaler: {
			view,
			async scale(pool, workers) {
				seen.said = workers;
				seen.scaled.push(workers);
				return view(pool);
			},
		},
		rulings: {
			...noRulings,
			async start(hear) {
				decided = hear;
			},
			tell: said => void seen.told.push(said),
			of: () => seen.ruled && new Set(seen.ruled),
		},
		roster: {workers: () => seen.workers, held: () => seen.held},
		startable: ({waiting, placed}) => waiting + placed,
	});
	return {
		...{seen, autoscaler, ambient},
		hear: (ruled: Ruled) => decided(ruled),
		/** One look after the other, until each is over. */
		look: async (times = 1) => {
			for (let left = times; left > 0; left--) {
				clock.advance(seconds(2));
				await turn();
			}
		},
		begin: async () => {
			await autoscaler.start();
			await turn();
		},
		explained: () => {
			const [one] = autoscaler.explain();
			if (!one) throw new Error('the pool is not explained');
			return one;
		},
	};
}

export const queued = (waiting: number, placed = 0): Stock[] => [
	{pool: 'gpu', class: 'normal', function: 'fib', waiting, placed},
	{pool: 'other', class: 'normal', function: 'fib', waiting: 1_000_000, placed: 0},
];
