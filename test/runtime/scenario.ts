// One small story that has everything in it, told to a home that may die at any of its steps.
import {isTerminal} from '#actors/task.ts';
import {checkWork} from '#contract/work.ts';
import type {Mode} from '#dispatch/dispatch.ts';
import {decodeFrame} from '#lib/frame.ts';
import type {Store, TaskRow} from '#store/store.ts';
import type {Run} from './scripted.ts';
import {must, type Server, submission, type World} from './world.ts';

/** The inputs, and what each comes to whoever dies on the way. */
export const story = {
	well: ['succeeded'],
	'fails once': ['succeeded'],
	fails: ['dead'],
	'cancelled at once': ['cancelled', 'succeeded'],
	late: ['succeeded'],
} as const;

const inputs = Object.keys(story);
const policy = {maxAttempts: 2, backoff: {baseMs: 100, factor: 1, maxMs: 100}};
const window = 2;
const stepMs = 500;
const mostSteps = 80;

/** What a worker does with the story. */
export const act = (run: Run): void => {
	const fails = run.input === 'fails' || (run.input === 'fails once' && run.attempt === 1);
	setImmediate(() => (fails ? run.fail('FUNCTION_THREW') : run.succeed({of: run.input})));
};

export async function prepare(all: World): Promise<void> {
	const node = await all.server({id: 'n1'});
	await node.deploy('fib', policy);
	await node.stop();
}

export type Life = {
	/** `n1` unless said. */
	readonly id?: string;
	readonly diesAt?: number;
	readonly durable: boolean;
	/** `pull` unless said; `local`: it runs everything itself. */
	readonly mode?: Mode;
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
export async function live(
	all: World,
	{id = 'n1', diesAt, durable, pipeline, mode = 'pull', store = [], broker = [], calmSteps = 6}: Life,
): Promise<boolean> {
	let node: Server | undefined;
	const tell = async () => {
		const more = {
			...(diesAt !== undefined && {diesAt}),
			...(pipeline && {pipeline}),
			mode,
			...(mode === 'local' && {hands: {act}}),
		};
		node = await all.server({id, window, durable, ...more});
		node.mishaps.store = following(store);
		node.mishaps.broker = following(broker);
		await ask(node);
	};
	let broken: unknown;
	tell().catch(error => {
		broken = error;
	});
	let calm = 0;
	for (let step = 0; step < mostSteps; step++) {
		await all.quiet();
		if (broken) throw broken;
		if (node && !node.life.alive) return true;
		if (node && (await isOver(all)) && ++calm > calmSteps) return false;
		// Whoever was refused asks again.
		if (node && step % 10 === 9) void ask(node);
		all.clock.advance(stepMs);
	}
	if (!node) return true;
	const left = (await all.rows()).filter(({state}) => !isTerminal(state));
	throw new Error(`It does not end: ${left.map(({key, state}) => `${key} is ${state}`).join()}`);
}

/** Submits what is not there yet, by key. */
async function ask(node: Server): Promise<void> {
	const options = (key: string) => ({
		asynchronous: false,
		replyTo: 'answers',
		correlationId: key,
		options: {key},
	});
	const answers = await node.api.submit(inputs.map(input => submission('fib', input, options(input))));
	const cancelled = answers[inputs.indexOf('cancelled at once')];
	if (cancelled?.ok) await node.api.cancel(cancelled.value.task);
}

async function isOver(all: World): Promise<boolean> {
	const rows = await all.rows();
	return rows.length === inputs.length && rows.every(({state}) => isTerminal(state));
}

/** What is wrong with the world after the story; nothing, if all rules were kept. */
export async function wrongs(all: World): Promise<string[]> {
	await all.quiet();
	const node = await all.server({id: 'reader', started: false});
	const wrong: string[] = [];
	const views = await all.rows();
	for (const [input, ends] of Object.entries(story)) {
		const rows = views.filter(({key}) => key === input);
		const [row] = rows;
		if (!row || rows.length > 1) wrong.push(`${input}: ${rows.length} tasks`);
		else {
			if (!(ends as readonly string[]).includes(row.state)) wrong.push(`${input}: it is ${row.state}`);
			wrong.push(...(await wrongOf(all, node, input, row)));
		}
	}
	const {window: counted} = node.home;
	if (counted.placed + counted.backlog > 0) wrong.push('the store counts open tasks');
	if ((await node.store.nextDue()) !== undefined) wrong.push('a timer is left over');
	return [...wrong, ...plainTwice(all)];
}

async function wrongOf(all: World, node: Server, input: string, row: TaskRow): Promise<string[]> {
	const wrong: string[] = [];
	const ended = all.record.ends.filter(id => id === row.id).length;
	if (ended !== 1) wrong.push(`${input}: its end was committed ${ended} times`);
	const replies = all.record.sent.filter(({key, properties}) => {
		return key === 'answers' && properties?.correlationId === input;
	});
	if (replies.length === 0) wrong.push(`${input}: it was never answered`);
	if (replies.some(({properties}) => properties?.type !== `task.${row.state}`))
		wrong.push(`${input}: a wrong answer`);
	const copies = all.record.sent.filter(({key, properties}) => {
		return key === all.names.dead && properties?.headers?.['x-warren-task'] === row.id;
	});
	if (copies.length > 0 !== (row.state === 'dead')) wrong.push(`${input}: ${copies.length} dead letters`);
	if (row.state !== 'succeeded') return wrong;
	const result = must(await node.api.result(row.id)).toString();
	if (result !== JSON.stringify({of: input})) wrong.push(`${input}: its result is ${result}`);
	return wrong;
}

/** R9: only the first publish of an attempt that is in a queue is plain, and what is marked travels alone. */
function plainTwice({record}: World): string[] {
	const plain = new Set<string>();
	const wrong: string[] = [];
	for (const {body, properties, published} of record.sent) {
		if (properties?.type !== 'warren.work') continue;
		// A mailbox that went with its worker took nothing.
		if (published !== 'taken') continue;
		const work = checkWork(decodeFrame<unknown>(body).head);
		const items = work.ok ? work.value.items : [];
		if (items.length > 1 && items.some(({again}) => again)) wrong.push('a marked attempt was packed');
		for (const {task, attempt, again} of items) {
			const name = `${task}#${attempt}`;
			if (!again && plain.has(name)) wrong.push(`${name} was dispatched twice, unmarked`);
			if (!again) plain.add(name);
		}
	}
	return wrong;
}
