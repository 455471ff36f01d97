import type {Outgoing} from './transport.ts';

/** RabbitMQ 4 takes 16 MiB by default and closes the channel on more; Warren's own frames stay far below. */
const mostBytes = 16 * 1024 * 1024;
/** AMQP's short strings. */
const longestName = 255;
/** What RabbitMQ takes as a time to live, ms. */
const longestTtl = 2 ** 32 - 1;

/**
 * Refuses here what a broker would answer by closing the channel, with all that is under way on it.
 * @throws TypeError that names the field, what was expected and what came
 */
export function checkOutgoing({exchange, key, body, properties}: Outgoing): void {
	if (body.length > mostBytes) throw wrong('body', `at most ${mostBytes} bytes`, `${body.length}`);
	checkName('exchange', exchange);
	checkName('key', key);
	if (!properties) return;
	const {expiration, priority, timestamp} = properties;
	if (expiration !== undefined && !(/^\d{1,10}$/.test(expiration) && Number(expiration) <= longestTtl)) {
		throw wrong('expiration', 'digits, ms', expiration);
	}
	if (priority !== undefined && !(Number.isInteger(priority) && priority >= 0 && priority <= 255)) {
		throw wrong('priority', 'an integer from 0 to 255', String(priority));
	}
	if (timestamp !== undefined && !(Number.isSafeInteger(timestamp) && timestamp >= 0)) {
		throw wrong('timestamp', 'whole seconds since the epoch', String(timestamp));
	}
	for (const name of ['type', 'contentType', 'messageId', 'correlationId', 'replyTo', 'appId'] as const) {
		const value = properties[name];
		if (value !== undefined) checkName(name, value);
	}
}

function checkName(field: string, value: string): void {
	// A UTF-16 unit takes three bytes at most: most names need no counting.
	if (value.length * 3 <= longestName || Buffer.byteLength(value) <= longestName) return;
	throw wrong(field, `at most ${longestName} bytes`, `${Buffer.byteLength(value)}`);
}

function wrong(field: string, expected: string, got: string): TypeError {
	return new TypeError(`Expected the \`${field}\` of a message to be ${expected}, got \`${got}\``);
}
