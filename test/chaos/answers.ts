// The answers to what was offered over AMQP: one to each task that was born there, and the right one. After
// a crash the same one may come twice (docs/amqp.md).
import {setTimeout as delay} from 'node:timers/promises';
import type {ConsumeMessage} from 'amqplib';
import type {TaskView} from '#contract/task.ts';
import type {Cluster} from './cluster.ts';
import {answerOf, type Item} from './work.ts';

export type Ended = {readonly item: Item; readonly view: TaskView};

export type Reply = {
	/** The correlation id: the key of the item. */
	readonly to: string;
	/** The same in every copy of one answer. */
	readonly id: string;
	readonly type: string;
	readonly body: string;
};

const betweenMs = 50;

/**
 * Takes the answers out of their queue and says what is wrong with them.
 * @param patienceMs how long one that is missing is waited for
 */
export async function misanswered(
	{administer, answers}: Cluster,
	ended: readonly Ended[],
	patienceMs: number,
): Promise<string[]> {
	const replies: Reply[] = [];
	const missing = new Set(asked(ended).map(({item}) => item.options.key));
	const hear = (message: ConsumeMessage | null) => {
		if (!message) return;
		const reply = read(message);
		replies.push(reply);
		missing.delete(reply.to);
	};
	await administer(async channel => {
		await channel.consume(answers, hear, {noAck: true});
		const until = performance.now() + patienceMs;
		while (missing.size > 0 && performance.now() < until) await delay(betweenMs);
	});
	return judgeReplies(ended, replies);
}

/** What is wrong, in words: an answer that is missing, nobody's, not the right one, or another one besides. */
export function judgeReplies(ended: readonly Ended[], replies: readonly Reply[]): string[] {
	const wanted = new Map(asked(ended).map(one => [one.item.options.key, one]));
	const strange = replies.flatMap(({to, type}) => (wanted.has(to) ? [] : `${to}: nobody waits for ${type}`));
	const heard = Map.groupBy(replies, ({to}) => to);
	const wrong = [...wanted].flatMap(([key, {item, view}]) => {
		const own = heard.get(key) ?? [];
		const about = `${view.id} (${key})`;
		if (own.length === 0) return `${about}: no answer came`;
		const copies = new Set(own.map(({id}) => id));
		if (copies.size > 1) return `${about}: expected one answer, got ${[...copies].join(', ')}`;
		const [bad] = own.filter(reply => !isRight(item, reply));
		return bad ? `${about}: was answered ${bad.type} ${bad.body}` : [];
	});
	return [...strange, ...wrong];
}

/** Those whose birth was by a message, which names where the answer goes. */
const asked = (ended: readonly Ended[]) => ended.filter(({view}) => view.door === 'amqp');

function isRight(item: Item, {type, body}: Reply): boolean {
	const answer = answerOf(item);
	if (type !== `task.${answer.state}`) return false;
	if (answer.state === 'succeeded') return body === JSON.stringify(answer.result);
	return JSON.parse(body).code === answer.code;
}

const read = ({properties, content}: ConsumeMessage): Reply => ({
	to: String(properties.correlationId),
	id: String(properties.messageId),
	type: String(properties.type),
	body: content.toString(),
});
