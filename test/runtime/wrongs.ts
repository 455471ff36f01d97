// What is wrong with the world after the story; nothing, if all rules were kept.
import type {TaskState} from '#actors/task.ts';
import {checkWork} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import type {TaskRow} from '#store/store.ts';
import type {Sent} from './life.ts';
import {answersTo, lettersOf} from './producer.ts';
import type {Scene} from './scenario.ts';
import {malformed, type Part, story} from './story.ts';
import {must, type Server, type World} from './world.ts';

/**
 * @param lives how many homes lived one after the other, each without mishaps: so often an answer may come.
 *   Without it, it may come any number of times
 */
export async function wrongs({all, workers}: Scene, lives = Number.POSITIVE_INFINITY): Promise<string[]> {
	await all.quiet();
	const node = await all.server({id: 'reader', started: false});
	const wrong: string[] = [];
	const rows = await all.rows();
	const looked = Object.entries(story).map(async ([input, part]) => {
		const mine = rows.filter(({key}) => key === input);
		const [row] = mine;
		if (!row || mine.length > 1) return [`${mine.length} tasks`];
		return [
			...wrongEnds(all, part, row),
			...wrongAnswers(all, input, part, row, lives),
			...(await wrongInStore(node, input, part, row)),
		];
	});
	for (const [at, found] of (await Promise.all(looked)).entries()) {
		wrong.push(...found.map(what => `${Object.keys(story)[at]}: ${what}`));
	}
	const others = rows.filter(({key}) => !Object.hasOwn(story, key ?? ''));
	wrong.push(...others.map(({key}) => `${key}: nobody asked for it`));
	const {window: counted} = node.home;
	if (counted.placed + counted.backlog > 0) wrong.push('the store counts open tasks');
	if ((await node.store.nextDue()) !== undefined) wrong.push('a timer is left over');
	// An order to stop that is lost may not come again once another copy was stopped: where calls go wrong.
	const areOrdersHeard = Number.isFinite(lives);
	if (areOrdersHeard && workers.some(({life, executors}) => life.alive && executors.inside > 0)) {
		wrong.push('a worker runs what is over');
	}
	return [...wrong, ...wrongRejection(all, lives), ...plainTwice(all)];
}

function wrongEnds({record}: World, {ends}: Part, row: TaskRow): string[] {
	const were = record.ends.filter(({task}) => task === row.id).map(({state}) => state);
	const wrong: string[] = [];
	if (row.state !== were.at(-1)) wrong.push(`it is ${row.state}`);
	if (!ends.some(way => way.join() === were.join())) wrong.push(`its ends were ${were.join() || 'none'}`);
	return wrong;
}

/** Each end that somebody waits for was told, with its one id if it was told again, and nothing else was. */
function wrongAnswers(all: World, input: string, part: Part, row: TaskRow, lives: number): string[] {
	const wrong: string[] = [];
	const told = answersTo(all, input);
	// Who moves a dead letter back asks for no answer.
	const ends = part.redriven === 'moved back' ? ['dead'] : endsOf(part, row);
	for (const [at, state] of ends.entries()) {
		const mine = told.filter(({properties}) => properties?.type === `task.${state}`);
		if (mine.length === 0) wrong.push(`its end, ${state}, was never answered`);
		if (mine.length > lives) wrong.push(`${mine.length} answers that it is ${state}, in ${lives} lives`);
		const attempt = part.redriven && at === 0 ? 1 : row.attempt;
		if (!mine.every(answer => isOf(answer, row, attempt))) wrong.push(`an answer of another: ${state}`);
		const body = state === 'succeeded' ? JSON.stringify({of: input}) : undefined;
		if (mine.some(answer => body !== undefined && answer.body.toString() !== body)) {
			wrong.push('an answer with another result');
		}
	}
	const others = told.filter(({properties}) => !ends.some(state => properties?.type === `task.${state}`));
	wrong.push(...others.map(({properties}) => `a wrong answer: ${properties?.type}`));
	const letters = lettersOf(all, input).length;
	if (letters > 0 !== endsOf(part, row).includes('dead')) wrong.push(`${letters} dead letters`);
	return wrong;
}

/** The way that it went. */
const endsOf = ({ends}: Part, {state}: TaskRow): readonly TaskState[] =>
	ends.find(way => way.at(-1) === state) ?? [];

const isOf = ({properties}: Sent, {id}: TaskRow, attempt: number): boolean =>
	properties?.messageId === `${id}.${attempt}` &&
	properties.headers?.['x-warren-task'] === id &&
	properties.headers['x-warren-attempt'] === attempt;

const told: readonly string[] = ['retry', 'expire', 'deadline', 'redrive'];

async function wrongInStore(node: Server, input: string, part: Part, row: TaskRow): Promise<string[]> {
	const wrong: string[] = [];
	const {entries} = must(await node.api.history(row.id));
	const fired = entries.map(({event}) => event).filter(event => told.includes(event));
	const expected = [...(part.fires ?? []), ...(part.redriven ? ['redrive'] : [])];
	if (fired.join() !== expected.join()) wrong.push(`${fired.join() || 'nothing'} happened to it`);
	if (row.state !== 'succeeded') return wrong;
	const result = must(await node.api.result(row.id)).toString();
	if (result !== JSON.stringify({of: input})) wrong.push(`its result is ${result}`);
	return wrong;
}

/**
 * What can't become a task is parked, with the reason, and whoever published it is told; unless the broker refused
 * the answer at first, and the home died before it was sent again (docs/guarantees.md).
 */
function wrongRejection(all: World, lives: number): string[] {
	const wrong: string[] = [];
	const told = answersTo(all, malformed);
	if (told.length === 0 && Number.isFinite(lives)) wrong.push('a rejection was never answered');
	if (told.length > lives) wrong.push(`${told.length} answers to what was rejected, in ${lives} lives`);
	const isRejection = ({body, properties}: Sent) =>
		properties?.type === 'task.rejected' && JSON.parse(body.toString()).code === 'INVALID_INPUT';
	if (!told.every(isRejection)) wrong.push('a wrong answer to what was rejected');
	const parked = lettersOf(all, malformed);
	if (parked.length === 0) wrong.push('what was rejected is not parked');
	const isAsItWas = ({body, properties}: Sent) =>
		body.toString() === malformed && properties?.headers?.['x-warren-reason'] === 'INVALID_INPUT';
	if (!parked.every(isAsItWas)) wrong.push('what was rejected is parked otherwise');
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
