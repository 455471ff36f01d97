// What became of a load: is each task there once, over, and with the right answer; and does the ledger balance.
import {setTimeout as delay} from 'node:timers/promises';
import {classes} from '#actors/lane.ts';
import {type Client, createClient} from '#client/client.ts';
import type {Ledger} from '#contract/status.ts';
import type {TaskView} from '#contract/task.ts';
import {misanswered} from './answers.ts';
import {breaksOf} from './breaks.ts';
import type {Cluster, Counts} from './cluster.ts';
import {allTasks, complaintsOf, type Histories, judgeHistories, mistakesIn} from './histories.ts';
import {answerOf, type Item} from './work.ts';

export type Verdict = Histories & {
	readonly tasks: number;
	/** Had a receipt, and are not there. */
	readonly lost: readonly string[];
	/** Not over, though nothing moved for a long time. */
	readonly stuck: readonly string[];
	/** Over with another end or another result than the right one, or there without having been asked for. */
	readonly wrong: readonly string[];
	/** Answers to what was offered over AMQP that did not come, or are wrong or too many. */
	readonly misanswered: readonly string[];
	/** What the audits of the servers name. */
	readonly breaks: readonly string[];
	/** Messages that are left in a queue of the installation though all is over. */
	readonly left: readonly string[];
	readonly ledger: Ledger;
	readonly balanced: boolean;
	/** What came too late, by its name. */
	readonly stale: Counts;
};

export type Judged = {readonly verdict: Verdict; readonly views: readonly TaskView[]};

/** Without any progress for so long what is open counts as stuck, ms: a broken queue is mended in a minute (0025). */
export const patienceMs = 90_000;
const betweenMs = 50;

/** @param stuckMs how long nothing may move */
export async function judge(
	cluster: Cluster,
	items: readonly Item[],
	ids: ReadonlyMap<number, string | undefined>,
	stuckMs: number,
): Promise<Judged> {
	const {client} = cluster;
	const ledger = await settled(client, items.length, stuckMs);
	const views = await allTasks(client);
	const found = new Map(views.map(view => [view.id, view]));
	const {tasks, lost} = named(items, ids, views);
	const asked = new Set(tasks.values());
	const stuck = views
		.filter(({endedAt}) => endedAt === null)
		.map(view => `${view.id} ${view.state}: ${view.waitingFor}`);
	const strange = views.filter(({id}) => !asked.has(id)).map(({id}) => `${id}: nobody asked for it`);
	const ended = items.flatMap(item => {
		const view = found.get(tasks.get(item.input.n) ?? '');
		return view && view.endedAt !== null ? [{item, view}] : [];
	});
	const wrong = [...strange, ...(await complaintsOf(ended, ({item, view}) => mistake(client, item, view)))];
	const histories = await judgeHistories(client, views);
	const left = stuck.length > 0 ? [] : await leftovers(cluster);
	const verdict = {
		...{tasks: items.length, lost, stuck, wrong, ...histories, left, ledger},
		misanswered: await misanswered(cluster, ended, patienceMs),
		breaks: await breaksOf(
			cluster.urls.map(url => createClient({url})),
			patienceMs,
		),
		balanced: balances(ledger, items.length),
		stale: await cluster.stale(),
	};
	return {verdict, views};
}

/** The task of each item: by its receipt, or by its key where the door gave none. */
function named(
	items: readonly Item[],
	ids: ReadonlyMap<number, string | undefined>,
	views: readonly TaskView[],
): {tasks: Map<number, string>; lost: string[]} {
	const byKey = new Map(views.map(({key, id}) => [key, id]));
	const tasks = new Map<number, string>();
	const lost: string[] = [];
	for (const {input, options} of items) {
		const id = byKey.get(options.key);
		const receipt = ids.get(input.n);
		if (id !== undefined && (receipt === undefined || receipt === id)) tasks.set(input.n, id);
		else lost.push(receipt ?? `item ${input.n}, which the broker had taken`);
	}
	return {tasks, lost};
}

export function isClean(verdict: Verdict): boolean {
	const {lost, stuck, wrong, misanswered, breaks, left, balanced} = verdict;
	const troubles = [lost, stuck, wrong, misanswered, breaks, left, mistakesIn(verdict)];
	return troubles.every(list => list.length === 0) && balanced;
}

function balances(
	{accepted, succeeded, dead, cancelled, expired, waiting, running}: Ledger,
	tasks: number,
): boolean {
	return accepted === tasks && accepted === succeeded + dead + cancelled + expired && waiting + running === 0;
}

/** The ledger once nothing is open, or once it has not changed for too long. */
async function settled(client: Client, tasks: number, stuckMs: number): Promise<Ledger> {
	let seen = '';
	let since = performance.now();
	for (;;) {
		const ledger = await client.status().then(
			status => status.ledger,
			() => undefined,
		);
		const text = JSON.stringify(ledger && {...ledger, waiting: ledger.waiting + ledger.running, running: 0});
		if (text !== seen) since = performance.now();
		seen = text;
		const isOver = ledger && ledger.accepted >= tasks && ledger.waiting + ledger.running === 0;
		const isLate = performance.now() - since > stuckMs;
		if (ledger && (isOver || isLate)) return ledger;
		if (isLate) throw new Error(`The server did not answer for ${stuckMs} ms`);
		await delay(betweenMs);
	}
}

/** What is wrong with an end, in words that name the task; undefined: nothing. */
export async function mistake(
	client: Pick<Client, 'resultText'>,
	item: Item,
	view: TaskView,
): Promise<string | undefined> {
	const answer = answerOf(item);
	const about = `${view.id} (item ${item.input.n})`;
	const wanted = item.options.class;
	if (view.class !== wanted) return `${about}: expected class ${wanted}, got ${view.class}`;
	if (view.state !== answer.state) {
		return `${about}: expected ${answer.state}, got ${view.state} ${view.failure?.code ?? ''} ${view.failure?.message ?? ''}`;
	}
	if (answer.state === 'dead') {
		return view.failure?.code === answer.code
			? undefined
			: `${about}: expected ${answer.code}, got ${view.failure?.code}`;
	}
	const got = await client.resultText(view.id);
	const expected = JSON.stringify(answer.result);
	return got === expected ? undefined : `${about}: expected ${expected}, got ${got}`;
}

/** Copies of attempts that are over are claimed and dropped: soon nothing is left. */
async function leftovers({administer, names, homes, workQueue}: Cluster): Promise<string[]> {
	const inboxes = homes.map(home => names.node(home));
	const work = classes.map(workQueue);
	const queues = [...work, names.outcomes, names.returned, names.intake, ...inboxes];
	for (const until = performance.now() + patienceMs; ; ) {
		const left = await administer(async channel => {
			const said: string[] = [];
			for (const queue of queues) {
				const {messageCount} = await channel.checkQueue(queue);
				if (messageCount > 0) said.push(`${messageCount} in ${queue}`);
			}
			return said;
		});
		if (left.length === 0 || performance.now() > until) return left;
		await delay(betweenMs);
	}
}
