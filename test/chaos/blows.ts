// The blows of a round: which comes when, that the cluster has work in hand when it comes, and whether it
// bit. One that did not is struck again, a few times.
import {setTimeout as delay} from 'node:timers/promises';
import type {Client} from '#client/client.ts';
import type {TaskView} from '#contract/task.ts';
import type {Cluster} from './cluster.ts';
import type {Dice} from './dice.ts';
import {type FaultName, faults} from './faults.ts';
import {heal} from './heal.ts';
import type {Producer} from './producer.ts';
import type {Hit} from './scene.ts';

export type Blow = {
	readonly fault: FaultName;
	readonly what: string;
	/** Why the cluster was none the worse for it, in words; null: it bit. */
	readonly missed: string | null;
	/** When it was struck and when the world was whole again, ms since the epoch. */
	readonly at: number;
	readonly until: number;
};

export type BlowReport = Blow & {
	/** From the end of the blow until the last task that it caught was over; null: it caught none. */
	readonly healMs: number | null;
};

export type BlowPlan = {
	readonly faults: readonly FaultName[];
	/** How many tasks; or for how long they keep coming, ms. */
	readonly load: {readonly tasks: number} | {readonly ms: number};
	/** How many blows, spread over the tasks; with a time, a blow comes soon after the one before has ended. */
	readonly blows: number;
	/** How long faults last, as a part of what they would. */
	readonly brisk: number;
	readonly tell?: (line: string) => void;
};

const mostTries = 3;
/** How long a blow waits for something to be in hand, ms. */
const patienceMs = 10_000;
const betweenMs = 20;

export async function strike(
	plan: BlowPlan,
	cluster: Cluster,
	producer: Producer,
	dice: Dice,
): Promise<Blow[]> {
	const {load} = plan;
	const struck: Blow[] = [];
	const until = 'ms' in load ? performance.now() + load.ms : undefined;
	let at = 0;
	for (const fault of sequence(plan.faults, until !== undefined, dice.fork())) {
		// With a time, it is over once each fault had its turn.
		const isOver =
			until === undefined ? at >= plan.blows : at >= plan.faults.length && performance.now() > until;
		if (isOver) break;
		const own = dice.fork();
		if ('tasks' in load) await producer.reach(momentOf(own, load.tasks, plan.blows, at));
		else await delay(own.between(200, 3000));
		for (let tries = 1; tries <= mostTries; tries += 1) {
			const blow = await once(fault, plan, cluster, producer, own);
			struck.push(blow);
			if (blow.missed === null) break;
		}
		at += 1;
	}
	return struck;
}

/** In turn; or each once in an order of the dice, and then as they fall. */
export function* sequence(list: readonly FaultName[], mixed: boolean, dice: Dice): Generator<FaultName> {
	if (list.length === 0) return;
	if (mixed) yield* dice.shuffled(list);
	for (;;) yield* mixed ? [dice.pick(list)] : list;
}

/** Each blow comes somewhere in its own part of the load, and none in the last tenth. */
function momentOf(dice: Dice, tasks: number, blows: number, at: number): number {
	const part = (tasks * 0.9) / blows;
	return Math.round(part * (at + 0.1 + dice.next() * 0.8));
}

async function once(
	fault: FaultName,
	{brisk, tell}: BlowPlan,
	cluster: Cluster,
	producer: Producer,
	dice: Dice,
): Promise<Blow> {
	const ease = producer.press();
	try {
		await inHand(cluster.client);
		const hold = (least: number, most: number) => delay(dice.between(least, most) * brisk).then(() => {});
		const at = Date.now();
		const hit: Hit = await faults[fault]({cluster, dice, hold});
		const {what} = hit;
		const missed = hit.missed ?? null;
		const until = Date.now();
		const miss = missed === null ? '' : `; a miss: ${missed}`;
		tell?.(`${fault}: ${what}${miss} (${until - at} ms; ${producer.ids.size} tasks accepted)`);
		return {fault, what, missed, at, until};
	} finally {
		ease();
	}
}

/** Resolves once a task is open; or, with nothing for the blow to catch, when it has waited for too long. */
async function inHand(client: Client): Promise<void> {
	for (const until = performance.now() + patienceMs; performance.now() < until; await delay(betweenMs)) {
		const ledger = await client.status().then(
			status => status.ledger,
			() => undefined,
		);
		if (ledger && ledger.waiting + ledger.running > 0) return;
	}
}

/** A blow that caught no task is a miss, whatever it did. */
export function report(blow: Blow, views: readonly TaskView[]): BlowReport {
	const healMs = heal(blow, views);
	return {...blow, healMs, missed: blow.missed ?? (healMs === null ? 'no task was open' : null)};
}

/** The faults of which no blow bit. */
export function toothless(list: readonly FaultName[], blows: readonly BlowReport[]): FaultName[] {
	return list.filter(name => !blows.some(({fault, missed}) => fault === name && missed === null));
}
