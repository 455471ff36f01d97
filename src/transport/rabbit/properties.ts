import type {ConsumeMessage, Message, Options} from 'amqplib';
import type {Death, Delivery, Outgoing, Properties} from '#transport/transport.ts';

/** Says which of our publishes a returned message was: its delivery tag. Never shown to a consumer of ours. */
const tagHeader = 'x-warren-tag';

/** What the broker adds on its way; told by `death` and `redelivered` instead, so that both brokers deliver the same. */
const brokerHeaders =
	/^(?:x-warren-tag|x-delivery-count|x-acquired-count|x-death|x-(?:first|last)-death-(?:exchange|queue|reason))$/;

type Headers = Record<string, unknown>;

/** The options of a publish; with a `tag` it is confirmed, mandatory and kept on disk. */
export function optionsOf({properties = {}}: Outgoing, tag?: number): Options.Publish {
	const {headers, ...rest} = properties;
	const options: Options.Publish = {...rest};
	if (tag !== undefined) {
		options.persistent = true;
		options.mandatory = true;
	}
	if (headers || tag !== undefined) options.headers = headersOf(headers, tag);
	return options;
}

function headersOf(headers: Properties['headers'], tag: number | undefined): Headers {
	const sent: Headers = {...headers};
	if (tag !== undefined) sent[tagHeader] = tag;
	// RabbitMQ would send copies to all that these name, and the name may come from a foreign producer.
	delete sent.CC;
	delete sent.BCC;
	return sent;
}

/** The tag of a returned message. */
export function tagOf({properties}: Message): number | undefined {
	const tag: unknown = properties.headers?.[tagHeader];
	return typeof tag === 'number' ? tag : undefined;
}

export function deliveryOf(queue: string, {content, fields, properties}: ConsumeMessage): Delivery {
	const headers: Headers = properties.headers ?? {};
	const death = deathOf(headers['x-death']);
	const delivery = {
		queue,
		exchange: fields.exchange,
		key: fields.routingKey,
		body: content,
		properties: propertiesOf(properties, headers),
		redelivered: fields.redelivered,
	};
	return death ? {...delivery, death} : delivery;
}

function propertiesOf(given: ConsumeMessage['properties'], headers: Headers): Properties {
	const properties: {-readonly [Name in keyof Properties]: Properties[Name]} = {};
	for (const name of texts) {
		const value: unknown = given[name];
		if (typeof value === 'string') properties[name] = value;
	}
	for (const name of ['priority', 'timestamp'] as const) {
		const value: unknown = given[name];
		if (typeof value === 'number') properties[name] = value;
	}
	const own = Object.entries(headers).filter(([name]) => !brokerHeaders.test(name));
	if (own.length > 0) properties.headers = Object.fromEntries(own);
	return properties;
}

const texts = [
	'type',
	'contentType',
	'messageId',
	'correlationId',
	'replyTo',
	'expiration',
	'appId',
] as const;

const reasons: readonly unknown[] = [
	'rejected',
	'expired',
	'maxlen',
	'delivery_limit',
] satisfies Death['reason'][];

/** The latest of the deaths that the broker lists. */
function deathOf(list: unknown): Death | undefined {
	const latest: unknown = Array.isArray(list) ? list[0] : undefined;
	if (latest === null || typeof latest !== 'object') return undefined;
	const {reason, queue, exchange, 'routing-keys': keys} = latest as Headers;
	if (!reasons.includes(reason) || typeof queue !== 'string' || typeof exchange !== 'string')
		return undefined;
	const key: unknown = Array.isArray(keys) ? keys[0] : undefined;
	return {reason: reason as Death['reason'], queue, exchange, key: typeof key === 'string' ? key : ''};
}
