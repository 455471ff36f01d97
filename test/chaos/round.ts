// One round: a cluster, a load, a plan of blows, and the verdict.
import {setTimeout as delay} from 'node:timers/promises';
import {type Cluster, type ClusterOptions, openCluster} from './cluster.ts';
import {type Dice, seeded} from './dice.ts';
import {doorsOf} from './doors.ts';
import {type FaultName, faults} from './faults.ts';
import {heal} from './heal.ts';
import {type Pace, type Producer, produce} from './producer.ts';
import {isClean, judge, patienceMs, type Verdict} from './verdict.ts';
import {deployLoad} from './work.ts';

export type RoundOptions = Omit<ClusterOptions, 'smallDisk'> & {
	readonly seed: number;
	readonly faults: readonly FaultName[];
	/** How many tasks; or for how long they keep coming, ms. */
	readonly load: {readonly tasks: number} | {readonly ms: number};
	readonly pace?: Pace;
	/** How many blows, spread over the tasks; with a time, a blow comes soon after the one before has ended. */
	readonly blows: number;
	/** How long faults last, as a part of what they would. */
	readonly brisk: number;
	/** How long nothing may move until what is open counts as stuck, ms. */
	readonly stuckMs?: number;
	readonly tell?: (line: string) => void;
};

export type BlowReport = {
	readonly fault: FaultName;
	readonly what: string;
	/** When it was struck and when the world was whole again, ms since the epoch. */
	readonly at: number;
	readonly until: number;
	/** From the end of the blow until the last task that it caught was over; null: it caught none. */
	readonly healMs: number | null;
};

export type RoundReport = {
	readonly seed: number;
	readonly faults: readonly FaultName[];
	readonly blows: readonly BlowReport[];
	readonly verdict: Verdict;
	readonly clean: boolean;
	readonly repeatedBatches: number;
	readonly seconds: number;
	/** The ends of the nodes' logs, where something was not clean. */
	readonly logs?: Readonly<Record<string, readonly string[]>>;
};

const hasty: Pace = {batch: 100, mostOpen: 400, restMs: 0, ahead: Number.POSITIVE_INFINITY};
/** For blows that last seconds: there is always something in hand, and not more than is over soon. */
export const steady: Pace = {batch: 30, mostOpen: 100, restMs: 200, ahead: 60};

export async function round(options: RoundOptions): Promise<RoundReport> {
	const {seed} = options;
	const since = performance.now();
	const smallDisk = options.faults.includes('fill-store');
	const cluster = await openCluster({...options, smallDisk});
	try {
		const dice = seeded(seed);
		await deployLoad(cluster.client);
		const count = 'tasks' in options.load ? {count: options.load.tasks} : {};
		const stuckMs = options.stuckMs ?? patienceMs;
		const {client} = cluster;
		const common = {client, doors: doorsOf(cluster), pace: options.pace ?? hasty, stuckMs};
		const producer = produce({...common, dice: dice.fork(), ...count});
		// A producer that fails is told of where it is awaited.
		producer.done.catch(() => {});
		const struck = await strike(options, cluster, producer, dice);
		if ('ms' in options.load) producer.finish();
		await producer.done;
		const {verdict, views} = await judge(cluster, producer.items, producer.ids, stuckMs);
		const clean = isClean(verdict);
		return {
			...{seed, faults: options.faults, verdict, clean, repeatedBatches: producer.repeats},
			blows: struck.map(blow => ({...blow, healMs: heal(blow, views)})),
			seconds: (performance.now() - since) / 1000,
			...(!clean && {logs: Object.fromEntries(cluster.places.map(({name, process}) => [name, process.log]))}),
		};
	} finally {
		await cluster.close();
	}
}

type Struck = Omit<BlowReport, 'healMs'>;

async function strike(
	options: RoundOptions,
	cluster: Cluster,
	producer: Producer,
	dice: Dice,
): Promise<Struck[]> {
	const {load, brisk, pace = hasty, tell = () => {}} = options;
	const struck: Struck[] = [];
	const until = 'ms' in load ? performance.now() + load.ms : Number.POSITIVE_INFINITY;
	const more = () => ('ms' in load ? performance.now() < until : struck.length < options.blows);
	while (more()) {
		const own = dice.fork();
		const fault =
			'ms' in load
				? own.pick(options.faults)
				: (options.faults[struck.length % options.faults.length] as FaultName);
		if ('tasks' in load) {
			const moment = momentOf(own, load.tasks, options.blows, struck.length);
			producer.allow(moment + pace.ahead);
			await producer.reached(moment);
		} else await delay(own.between(200, 3000));
		const hold = (least: number, most: number) => delay(own.between(least, most) * brisk).then(() => {});
		const at = Date.now();
		const what = await faults[fault]({cluster, dice: own, hold});
		struck.push({fault, what, at, until: Date.now()});
		tell(`${fault}: ${what} (${Date.now() - at} ms; ${producer.ids.size} tasks accepted)`);
	}
	producer.allow(Number.POSITIVE_INFINITY);
	return struck;
}

/** Each blow comes somewhere in its own part of the load, and none in the last tenth. */
function momentOf(dice: Dice, tasks: number, blows: number, at: number): number {
	const part = (tasks * 0.9) / blows;
	return Math.round(part * (at + 0.1 + dice.next() * 0.8));
}
