// The story, told to a home that may die at any of its steps.
import type {ExecutionContext} from 'ava';
import {isTerminal} from '#actors/task.ts';
import type {Mode} from '#dispatch/dispatch.ts';
import type {Store, TaskRow} from '#store/store.ts';
import {answers, createProducer, type Producer} from './producer.ts';
import {act, early, type Part, story} from './story.ts';
import {type Server, submission, type TestWorker, type World, type WorldOptions, world} from './world.ts';

/** A world in which the story is ready to be told. */
export type Scene = {
	readonly all: World;
	readonly producer: Producer;
	readonly workers: readonly TestWorker[];
	/** A worker for it; the connection of one is lost once, while it runs what is published. */
	readonly hire: (options?: {diesAt?: number}) => Promise<TestWorker>;
};

const policy = {maxAttempts: 2, backoff: {baseMs: 100, factor: 1, maxMs: 100}};
const window = 4;
const stepMs = 500;
const mostSteps = 80;
/** By then its workers have told the home that they are there: whoever pushes knows whom to push to. */
const firstStep = 2;

export async function prepare(t: ExecutionContext, options?: WorldOptions): Promise<Scene> {
	const all = await world(t, options);
	const node = await all.server({id: 'n1'});
	await node.deploy('fib', policy);
	await node.deploy('idle', {...policy, pool: 'nobody'});
	await node.api.pausePool('nobody');
	await node.stop();
	const producer = createProducer(all);
	await producer.connect();
	await producer.publish(early);
	// Longer than it may wait.
	all.clock.advance(stepMs);
	const workers: TestWorker[] = [];
	let blinked = false;
	const hire = async (options = {}) => {
		// It may run something before it is heard of that it has started.
		let hand: TestWorker | undefined;
		hand = await all.worker({
			...options,
			act(run) {
				act(run);
				if (blinked || !hand?.life.alive || run.input !== 'published') return;
				blinked = true;
				hand.blink();
			},
		});
		workers.push(hand);
		return hand;
	};
	return {all, producer, workers, hire};
}

export type Life = {
	/** `n1` unless said. */
	readonly id?: string;
	readonly diesAt?: number;
	readonly durable: boolean;
	/** `pull` unless said; `local`: it runs everything itself. */
	readonly mode?: Mode;
	/** Off unless said: what only the audit mends is nobody's duty else, and would be hidden by it. */
	readonly auditMs?: number;
	/** Steps for which it lives on once all is over: what was held back is still sent. */
	readonly calmSteps?: number;
	/** What goes wrong with its calls of the store and with its publishes, by their number from 0. */
	readonly pipeline?: Store['pipeline'];
	readonly store?: Mishaps;
	readonly broker?: Mishaps;
};

export type Mishaps = readonly {readonly at: number; readonly what: 'refused' | 'answer lost'}[];

export const following = (mishaps: Mishaps) => {
	let count = 0;
	return () => {
		const now = count++;
		return mishaps.find(({at}) => at === now)?.what;
	};
};

/** A home lives until its step, or until the story is over; says whether it died. */
export async function live({all, producer}: Scene, life: Life): Promise<boolean> {
	let node: Server | undefined;
	let broken: unknown;
	const inCase = (work: Promise<void>) => {
		work.catch(error => {
			broken = error;
		});
	};
	await producer.connect();
	inCase(
		open(all, life).then(opened => {
			node = opened;
		}),
	);
	const {calmSteps = 6} = life;
	for (let step = 0, calm = 0; step < mostSteps; step++) {
		await all.quiet();
		if (broken) throw broken;
		if (node && !node.life.alive) return true;
		const rows = node ? await all.rows() : [];
		if (node && isOver(rows) && ++calm > calmSteps) return false;
		if (node && step >= firstStep) await producer.offer(rows);
		// Whoever was refused asks again.
		if (node && step % 10 === firstStep) inCase(ask(node));
		if (node) inCase(redrive(node, rows));
		all.clock.advance(stepMs);
	}
	if (!node) return true;
	const rows = await all.rows();
	const left = rows.filter(row => !isAtEnd(row)).map(({key, state}) => `${key} is ${state}`);
	const lost = Object.keys(story).filter(input => !rows.some(({key}) => key === input));
	throw new Error(`It does not end: ${[...left, ...lost.map(input => `${input} is not there`)].join()}`);
}

async function open(all: World, life: Life): Promise<Server> {
	const {id = 'n1', diesAt, durable, pipeline, mode = 'pull', auditMs, store = [], broker = []} = life;
	const node = await all.server({
		...{id, window, durable, mode, door: true},
		...(diesAt !== undefined && {diesAt}),
		...(pipeline && {pipeline}),
		...(auditMs !== undefined && {auditMs}),
		...(mode === 'local' && {hands: {act}}),
	});
	node.mishaps.store = following(store);
	node.mishaps.broker = following(broker);
	return node;
}

/** Submits what is not there yet, by key. */
async function ask(node: Server): Promise<void> {
	const asked = Object.entries(story).filter(([, {door}]) => door === 'api');
	const receipts = await node.api.submit(asked.map(([input, part]) => submissionOf(input, part)));
	const cancelled = receipts[asked.findIndex(([input]) => input === 'cancelled at once')];
	if (cancelled?.ok) await node.api.cancel(cancelled.value.task);
}

function submissionOf(input: string, {maxAttempts}: Part) {
	const options = {key: input, ...(maxAttempts !== undefined && {maxAttempts})};
	return submission('fib', input, {
		...{asynchronous: false, replyTo: answers, correlationId: input, options},
	});
}

/** Whoever was refused does it again: only what is dead is redriven. */
async function redrive(node: Server, rows: readonly TaskRow[]): Promise<void> {
	for (const {id, key, state} of rows) {
		if (state !== 'dead' || story[key ?? '']?.redriven !== 'asked') continue;
		await node.api.redrive(id, {reply: true});
	}
}

/** What is wrong ends too; what is dead and will be redriven has not yet. */
const isAtEnd = ({key, state}: TaskRow): boolean =>
	isTerminal(state) && !(state === 'dead' && story[key ?? '']?.redriven !== undefined);

const isOver = (rows: readonly TaskRow[]): boolean =>
	rows.length === Object.keys(story).length && rows.every(isAtEnd);
