import type {Channel, ChannelModel, Options} from 'amqplib';
import {checkShape} from '#transport/shape.ts';
import {
	type Binding,
	type Exchange,
	type Queue,
	type Topology,
	TopologyError,
	TransportDown,
} from '#transport/transport.ts';

/**
 * «No limit», said explicitly: RabbitMQ 4 takes a missing limit for 20 and drops what exceeds it,
 * and 3.10 takes -1 for «never again».
 */
const unlimited = 1_000_000_000;

/** AMQP's reply codes that a declaration can end with. */
const codes = {refused: 403, missing: 404, locked: 405, differs: 406} as const;

/** Declares all of it. @throws TopologyError, TransportDown */
export async function declare(model: ChannelModel, {exchanges, queues}: Topology): Promise<void> {
	for (const exchange of exchanges) await declareExchange(model, exchange);
	for (const queue of queues) await declareQueue(model, queue);
}

/** @throws TopologyError, TransportDown */
export async function declareExchange(model: ChannelModel, {name, type}: Exchange): Promise<void> {
	try {
		await onChannel(model, channel => channel.assertExchange(name, type, {durable: true}));
	} catch (error) {
		const ready = codeOf(error) === codes.refused && (await exchangeExists(model, name));
		if (!ready) throw explain(error, `Exchange \`${name}\``);
	}
}

export async function declareQueue(model: ChannelModel, queue: Queue): Promise<void> {
	checkShape(queue);
	try {
		await onChannel(model, async channel => {
			await channel.assertQueue(queue.name, queueOptions(queue));
			for (const {exchange, key} of queue.bindings ?? []) await channel.bindQueue(queue.name, exchange, key);
		});
	} catch (error) {
		// A user without the right to configure may still use what an administrator has made.
		const ready = codeOf(error) === codes.refused && (await countOf(model, queue.name)) !== undefined;
		if (!ready) throw explain(error, `Queue \`${queue.name}\``);
	}
}

/** Who may not bind uses what an administrator has bound. @throws TopologyError, TransportDown */
export async function bindQueue(model: ChannelModel, queue: string, {exchange, key}: Binding): Promise<void> {
	try {
		await onChannel(model, channel => channel.bindQueue(queue, exchange, key));
	} catch (error) {
		if (codeOf(error) !== codes.refused)
			throw explain(error, `The binding of queue \`${queue}\` to \`${exchange}\``);
	}
}

/** The messages ready in a queue, or undefined if there is no such queue. @throws TopologyError, TransportDown */
export async function countOf(model: ChannelModel, name: string): Promise<number | undefined> {
	try {
		const {messageCount} = await onChannel(model, channel => channel.checkQueue(name));
		return messageCount;
	} catch (error) {
		if (codeOf(error) === codes.missing) return undefined;
		throw explain(error, `Queue \`${name}\``);
	}
}

/** @throws TopologyError, TransportDown */
export async function deleteQueue(model: ChannelModel, name: string): Promise<void> {
	try {
		await onChannel(model, channel => channel.deleteQueue(name));
	} catch (error) {
		if (codeOf(error) !== codes.missing) throw explain(error, `Queue \`${name}\``);
	}
}

/** @throws TransportDown */
export async function exchangeExists(model: ChannelModel, name: string): Promise<boolean> {
	try {
		await onChannel(model, channel => channel.checkExchange(name));
		return true;
	} catch (error) {
		if (codeOf(error) === codes.missing) return false;
		throw explain(error, `Exchange \`${name}\``);
	}
}

/** Does its work on a channel of its own, because a refused question closes the channel it was asked on. */
async function onChannel<T>(model: ChannelModel, work: (channel: Channel) => Promise<T>): Promise<T> {
	const channel = await model.createChannel();
	const {promise: closed, resolve: close} = Promise.withResolvers<void>();
	channel.once('close', close);
	// The question itself rejects with the same error.
	channel.on('error', () => {});
	const done = await work(channel);
	// A goodbye is not answered on a connection that is lost meanwhile; the question was.
	await Promise.race([channel.close().catch(() => {}), closed]);
	return done;
}

function queueOptions(queue: Queue): Options.AssertQueue {
	const {type, exclusive = false, expendable = false} = queue;
	const {deadLetterExchange, deadLetterKey, singleActiveConsumer} = queue;
	const args: Record<string, unknown> = {
		// Explicit, because some hosts take another type for the default.
		'x-queue-type': type,
		'x-dead-letter-exchange': deadLetterExchange,
		'x-dead-letter-routing-key': deadLetterKey,
		'x-max-length': queue.maxLength,
		'x-max-length-bytes': queue.maxBytes,
		'x-message-ttl': queue.messageTtlMs,
		'x-single-active-consumer': singleActiveConsumer || undefined,
		// A full queue refuses; it never drops its oldest message.
		'x-overflow': 'reject-publish',
	};
	if (type === 'quorum') {
		args['x-delivery-limit'] = queue.deliveryLimit ?? unlimited;
		// The default, at-most-once, loses a dead letter whose target is away. This one keeps it in its
		// queue until the target has confirmed it; the price is memory, up to three minutes until the
		// next try, and RabbitMQ's worker for it, which does not bear that its queue is deleted (0030).
		// It needs `reject-publish`.
		if (deadLetterExchange !== undefined && !expendable) args['x-dead-letter-strategy'] = 'at-least-once';
	}
	return {durable: !exclusive, exclusive, arguments: args};
}

/** The reply code of a channel error. */
export function codeOf(error: unknown): number | undefined {
	const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
	return typeof code === 'number' ? code : undefined;
}

/** What the broker calls a field of ours. */
const fieldNames: Readonly<Record<string, keyof Queue>> = {
	'x-queue-type': 'type',
	'x-dead-letter-exchange': 'deadLetterExchange',
	'x-dead-letter-routing-key': 'deadLetterKey',
	'x-max-length': 'maxLength',
	'x-max-length-bytes': 'maxBytes',
	'x-message-ttl': 'messageTtlMs',
	'x-single-active-consumer': 'singleActiveConsumer',
	'x-delivery-limit': 'deliveryLimit',
};

/** Says what the broker's refusal means for the queue or exchange called `what`. */
export function explain(error: unknown, what: string): Error {
	const code = codeOf(error);
	const text = error instanceof Error ? error.message : String(error);
	if (error instanceof TopologyError) return error;
	if (code === codes.differs) return new TopologyError(`${what} ${differs(text)}`);
	if (code === codes.locked)
		return new TopologyError(
			`${what} is exclusive to another connection: does another process run under the same id?`,
		);
	if (code === codes.missing)
		return new TopologyError(
			`${what}: ${text.match(/no (?:queue|exchange) '[^']*'/)?.[0] ?? text}; it does not exist: declare it first`,
		);
	if (code === codes.refused)
		return new TopologyError(`${what}: the broker's user lacks a permission: ${text}`);
	return new TransportDown(`${what}: the broker went away before it answered: ${text}`, {cause: error});
}

function differs(text: string): string {
	const found = text.match(
		/inequivalent arg '([^']+)' for (?:queue|exchange) .*: received (.*?) but current is (.*?)"?$/,
	);
	if (!found) return `was refused by the broker: ${text}`;
	const [, argument = '', received, current] = found;
	return (
		`exists with another shape: its ${fieldNames[argument] ?? argument} is ${value(current)}, expected ${value(received)}. ` +
		'Delete it or use another prefix'
	);
}

function value(text = ''): string {
	if (text.startsWith('none')) return 'not set';
	return text.match(/'([^']*)'/)?.[1] ?? text;
}
