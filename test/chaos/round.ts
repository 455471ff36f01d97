// One round: a cluster, a load, a plan of blows, and the verdict.
import {createClient} from '#client/client.ts';
import {type BlowPlan, type BlowReport, report, strike, toothless} from './blows.ts';
import {type ClusterOptions, openCluster} from './cluster.ts';
import {seeded} from './dice.ts';
import {doorsOf} from './doors.ts';
import type {FaultName} from './faults.ts';
import {type Pace, produce} from './producer.ts';
import {isUnharmed} from './unharmed.ts';
import {isClean, judge, patienceMs, type Verdict} from './verdict.ts';
import {deployLoad} from './work.ts';

export type RoundOptions = Omit<ClusterOptions, 'smallDisk'> &
	BlowPlan & {
		readonly seed: number;
		readonly pace?: Pace;
		/** How long nothing may move until what is open counts as stuck, ms. */
		readonly stuckMs?: number;
	};

export type RoundReport = {
	readonly seed: number;
	readonly faults: readonly FaultName[];
	readonly blows: readonly BlowReport[];
	/** Of these no blow bit, so nothing is shown of them. */
	readonly toothless: readonly FaultName[];
	readonly verdict: Verdict;
	readonly clean: boolean;
	readonly repeatedBatches: number;
	readonly seconds: number;
	/** The ends of the nodes' logs, where something was not clean. */
	readonly logs?: Readonly<Record<string, readonly string[]>>;
};

const hasty: Pace = {batch: 100, mostOpen: 400, restMs: 0, surge: 150};
/** For blows that last long: not more is in hand than is over soon. */
export const steady: Pace = {batch: 30, mostOpen: 100, restMs: 200, surge: 60};

export async function round(options: RoundOptions): Promise<RoundReport> {
	const {seed} = options;
	const since = performance.now();
	const smallDisk = options.faults.includes('fill-store');
	const cluster = await openCluster({...options, smallDisk});
	try {
		const dice = seeded(seed);
		// Of one server: a balancer that finds it slow would deploy a second time, at the next one.
		await deployLoad(createClient({url: cluster.urls[0] as string}));
		const count = 'tasks' in options.load ? {count: options.load.tasks} : {};
		const stuckMs = options.stuckMs ?? patienceMs;
		const {client} = cluster;
		const common = {client, doors: doorsOf(cluster), pace: options.pace ?? hasty, stuckMs};
		const producer = produce({...common, dice: dice.fork(), ...count});
		// A producer that fails is told of where it is awaited.
		producer.done.catch(() => {});
		const struck = await strike(options, cluster, producer, dice);
		if ('ms' in options.load) producer.finish();
		else await producer.reach(Number.POSITIVE_INFINITY);
		await producer.done;
		const {verdict, views} = await judge(cluster, producer.items, producer.ids, stuckMs);
		const blows = struck.map(blow => report(blow, views));
		const idle = toothless(options.faults, blows);
		const clean = isClean(verdict) && idle.length === 0 && isUnharmed(options, verdict);
		return {
			...{seed, faults: options.faults, verdict, clean, repeatedBatches: producer.repeats},
			...{blows, toothless: idle},
			seconds: (performance.now() - since) / 1000,
			...(!clean && {logs: Object.fromEntries(cluster.places.map(({name, process}) => [name, process.log]))}),
		};
	} finally {
		await cluster.close();
	}
}
