// A work message: a list of attempts, as a frame (lib/frame.ts). Its bodies are the inputs, one an
// attempt, JSON as the producer sent it. Server → `warren.work.<pool>.<class>` or `warren.worker.<id>` → worker.
import Type, {type Static} from 'typebox';
import {classes} from '#actors/lane.ts';
import {checker} from './check.ts';

export const AttemptSchema = Type.Object({
	task: Type.String({minLength: 1}),
	attempt: Type.Integer({minimum: 1}),
	/** May have been published before: the worker claims it before it runs it (R9, R13). */
	again: Type.Boolean(),
	function: Type.String({minLength: 1}),
	/** The digest of the version to run. */
	version: Type.String({minLength: 1}),
	/** The caller's own limit of wall time, ms; null: the version's. */
	wallMs: Type.Union([Type.Number({minimum: 1}), Type.Null()]),
	/** ms since the epoch. */
	deadline: Type.Union([Type.Number(), Type.Null()]),
	/** So many inputs are its input, a line each (./chunk.ts). It is alone in its list. */
	chunk: Type.Optional(Type.Integer({minimum: 1})),
});

export const WorkSchema = Type.Object({
	/** Names this very message: `<node>.<epoch>.<counter>` (R16). */
	copy: Type.String({minLength: 1}),
	/** The node that wants the outcomes, and its epoch. */
	home: Type.String({minLength: 1}),
	epoch: Type.Integer({minimum: 0}),
	/** Of all its attempts; absent in messages of servers that knew only `normal`. */
	class: Type.Optional(Type.Enum(classes)),
	/** The part of the pool that all of them wait in; absent in messages of servers that knew no tags. */
	pool: Type.Optional(Type.String({minLength: 1})),
	items: Type.Array(AttemptSchema, {minItems: 1}),
});

export type Work = Static<typeof WorkSchema>;
export type WorkItem = Static<typeof AttemptSchema>;
export const checkWork = checker(WorkSchema);

/**
 * Work messages that a worker has in hand from its mailbox at once. A server sends it far fewer, so that
 * whatever is in a mailbox is in hand, and is named by the next heartbeat.
 */
export const mailboxPrefetch = 1000;

/** The AMQP `type` of Warren's own messages. */
export const messageTypes = {
	work: 'warren.work',
	outcomes: 'warren.outcomes',
	claim: 'warren.claim',
	heartbeat: 'warren.heartbeat',
	ask: 'warren.ask',
	control: 'warren.control',
	news: 'warren.news',
	supervisor: 'warren.supervisor',
	rules: 'warren.rules',
} as const;
