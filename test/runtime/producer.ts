// A producer at the intake of the story: it publishes each of its inputs once to a broker, waits for the
// answer and, if the broker was lost with what it held, publishes to the next what has none yet.
import type {TaskRow} from '#store/store.ts';
import type {Properties} from '#transport/transport.ts';
import type {Sent} from './life.ts';
import {malformed, type Part, story} from './story.ts';
import type {World} from './world.ts';

export const answers = 'answers';

export type Producer = {
	/** Its queue for answers is there, in whatever broker there is. */
	connect(): Promise<void>;
	/** Publishes an input, unless this broker was given it or it is answered. */
	publish(input: string): Promise<void>;
	/** Publishes all of its inputs, and moves dead letters back that are to be. */
	offer(rows: readonly TaskRow[]): Promise<void>;
};

/** The answers to an input that the broker took, in their order. */
export const answersTo = ({record}: World, input: string): Sent[] =>
	record.sent.filter(({key, properties, published}) => {
		return key === answers && properties?.correlationId === input && published === 'taken';
	});

/** The copies in the dead letters of what was submitted under a key. */
export const lettersOf = ({record, names}: World, input: string): Sent[] =>
	record.sent.filter(({key, properties, published}) => {
		return key === names.dead && properties?.messageId === input && published === 'taken';
	});

export function createProducer(all: World): Producer {
	const since = all.clock.now();
	const given = new Map<string, World['broker']>();
	/** What has one name goes to each broker once. */
	const once = async (name: string, key: string, body: Buffer, properties: Properties) => {
		if (given.get(name) === all.broker) return;
		// At once: where two homes live side by side, each offers.
		given.set(name, all.broker);
		const published = await all.line.publish({exchange: all.names.tasks, key, body, properties});
		if (published !== 'taken')
			throw new Error(`Expected the broker to take \`${name}\`, it said ${published}`);
	};
	const publish = async (input: string) => {
		if (answersTo(all, input).length > 0) return;
		const part = story[input];
		const body = Buffer.from(part ? JSON.stringify(input) : input);
		const asked = {messageId: input, correlationId: input, replyTo: answers};
		await once(input, part?.function ?? 'fib', body, {...asked, ...optionsOf(part, since)});
	};
	const moveBack = async (input: string) => {
		const [letter] = lettersOf(all, input);
		if (letter) await once(`${input} again`, 'fib', letter.body, letter.properties ?? {});
	};
	return {
		connect: () => all.line.declare({exchanges: [], queues: [{name: answers, type: 'quorum'}]}),
		publish,
		async offer(rows) {
			for (const [input, {door, redriven}] of Object.entries(story)) {
				if (door === 'amqp') await publish(input);
				const isDead = rows.some(({key, state}) => key === input && state === 'dead');
				if (isDead && redriven === 'moved back') await moveBack(input);
			}
			await publish(malformed);
		},
	};
}

function optionsOf(part: Part | undefined, since: number): Properties {
	const {maxAttempts, expiresInMs, deadlineInMs} = part ?? {};
	return {
		...(expiresInMs !== undefined && {expiration: String(expiresInMs)}),
		headers: {
			...(maxAttempts !== undefined && {'x-warren-max-attempts': maxAttempts}),
			...(deadlineInMs !== undefined && {'x-warren-deadline': since + deadlineInMs}),
		},
	};
}
