// What a foreign producer may say with AMQP properties and headers, read as a submission, a cancel or a redrive.
// Everything here was chosen by somebody else: each value is checked before it is used.

import {type Failure, fail} from '#actors/failure.ts';
import type {Class} from '#actors/lane.ts';
import type {Submission} from '#api/api.ts';
import {checker} from '#contract/check.ts';
import {functionName} from '#contract/names.ts';
import {
	type SubmitOptions,
	SubmitOptionsSchema,
	TaskByIdSchema,
	TaskByKeySchema,
	type TaskName,
} from '#contract/task.ts';
import {jsonFlaw} from '#lib/jsonFlaw.ts';
import type {Names} from '#transport/topology.ts';
import type {Delivery, Properties} from '#transport/transport.ts';

export type Read =
	| {readonly kind: 'task'; readonly submission: Submission}
	/** A dead letter that was moved back: `x-warren-task` names it. */
	| {readonly kind: 'redrive'; readonly task: string; readonly replyTo: string | undefined}
	| {readonly kind: 'cancel'; readonly task: TaskName; readonly replyTo: string | undefined}
	| {readonly kind: 'bad'; readonly failure: Failure; readonly replyTo: string | undefined};

const checkOptions = checker(SubmitOptionsSchema);
const checkById = checker(TaskByIdSchema);
const checkByKey = checker(TaskByKeySchema);
/** Before a function's name, which has no dot, it asks for a cancel (docs/decisions/0029). */
const cancelKey = 'cancel.';
const direct = /^amq\.rabbitmq\.reply-to\.[A-Za-z0-9+/=._-]{1,255}$/;
const queueName = /^[A-Za-z0-9_.:~-]{1,255}$/;
const json = /^application\/json\b/i;

export function readProducer(delivery: Delivery, names: Names): Read {
	const {properties, body} = delivery;
	// Only our own broker's word counts: a message may have died elsewhere before it came here.
	const death = delivery.queue === names.refused ? delivery.death : undefined;
	const replyTo = readReplyTo(properties.replyTo, names.prefix);
	const name = death?.key ?? delivery.key;
	const isCancel = name.startsWith(cancelKey);
	const task = properties.headers?.['x-warren-task'];
	if (typeof task === 'string' && !isCancel) return {kind: 'redrive', task, replyTo: replyTo ?? undefined};
	const bad = (message: string): Read => {
		const failure = fail('INVALID_INPUT', message);
		return {kind: 'bad', failure, replyTo: replyTo ?? undefined};
	};
	if (replyTo === null) {
		return bad('`reply_to` must be `amq.rabbitmq.reply-to.…` or the name of a queue that is not one of ours');
	}
	if (isCancel) {
		const named = readCancel(name.slice(cancelKey.length), properties);
		return typeof named === 'string' ? bad(named) : {kind: 'cancel', task: named, replyTo};
	}
	if (!functionName.test(name))
		return bad(`The routing key must be the name of a function, got ${JSON.stringify(name)}`);
	const {contentType} = properties;
	if (contentType !== undefined && !json.test(contentType)) {
		return bad(`\`content_type\` must be application/json, got ${JSON.stringify(contentType)}`);
	}
	const flaw = jsonFlaw(body);
	if (flaw) return bad(`The body must be JSON: ${flaw}`);
	const {priority = 0} = properties;
	if (priority >= classByPriority.length) return bad(`\`priority\` must be 0 to 9, got ${priority}`);
	const options = readOptions(properties);
	const checked = checkOptions(options);
	if (!checked.ok) return bad(`The properties are not valid: ${checked.why}`);
	return {
		kind: 'task',
		submission: {
			function: name,
			input: body,
			door: 'amqp',
			asynchronous: replyTo === undefined,
			options: checked.value,
			// R11: whatever else the broker gave it up for, it is a confirmed submission without a row.
			expired: death?.reason === 'expired',
			...(replyTo !== undefined && {replyTo}),
			...(properties.correlationId !== undefined && {correlationId: properties.correlationId}),
		},
	};
}

/** Which task is to be cancelled: by its id if that is given, by its key otherwise; a text says what is wrong. */
function readCancel(fn: string, {messageId: key, headers = {}}: Properties): TaskName | string {
	const task = headers['x-warren-task'];
	if (task === undefined && (key === undefined || key === '')) {
		return 'A cancel must name its task: `message_id` as it was submitted, or its id in the header `x-warren-task`';
	}
	const checked = task === undefined ? checkByKey({function: fn, key}) : checkById({function: fn, task});
	return checked.ok ? checked.value : `The cancel is not valid: ${checked.why}`;
}

/** Null: not one that we send to. A crafted address can close the connection or write into our own queues. */
function readReplyTo(replyTo: string | undefined, prefix: string): string | undefined | null {
	if (replyTo === undefined || replyTo === '') return undefined;
	if (replyTo.startsWith('amq.rabbitmq.reply-to')) return direct.test(replyTo) ? replyTo : null;
	return queueName.test(replyTo) && !replyTo.startsWith(`${prefix}.`) ? replyTo : null;
}

/** 0 is what clients send that set none: the function's own. */
const classByPriority: readonly (Class | undefined)[] = [
	undefined,
	...(['low', 'low', 'low', 'normal', 'normal', 'normal', 'high', 'high', 'high'] as const),
];

function readOptions({
	messageId,
	expiration,
	priority = 0,
	headers = {},
}: Properties): Record<string, unknown> {
	const options: Record<keyof SubmitOptions, unknown> = {
		key: messageId === '' ? undefined : messageId,
		// 0 says «now or never», and a task needs a moment to be started.
		expiresInMs: expiration === '0' ? 1 : numberOf(expiration),
		version: headers['x-warren-version'],
		timeoutMs: numberOf(headers['x-warren-timeout-ms']),
		maxAttempts: numberOf(headers['x-warren-max-attempts']),
		class: classByPriority[priority],
		spill: flagOf(headers['x-warren-spill']),
		deadline: numberOf(headers['x-warren-deadline']),
		trace: headers.traceparent,
	};
	return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Headers of some clients carry every number as a string. */
function numberOf(value: unknown): unknown {
	return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

/** And of others every flag. */
function flagOf(value: unknown): unknown {
	return value === 'true' || value === 'false' ? value === 'true' : value;
}
