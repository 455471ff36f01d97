// What nodes tell each other over `warren.control`. Lossy: whatever matters is said again.
import Type, {type Static} from 'typebox';
import {checker} from './check.ts';
import {OutcomeSchema} from './outcome.ts';

const TaskAttempt = Type.Object({task: Type.String(), attempt: Type.Integer()});

/** To `worker.<id>` or `worker.all`. */
export const OrderSchema = Type.Union([
	/** Never start these, and stop those that run (R24). */
	Type.Object({type: Type.Literal('stop'), stops: Type.Array(TaskAttempt)}),
	/** `alone`: ask again once nothing else runs. `solo`: run it alone (R15). */
	Type.Object({
		type: Type.Literal('grant'),
		claim: Type.String(),
		grant: Type.Enum(['yes', 'no', 'alone', 'solo'] as const),
	}),
	/** Finish what you hold, take nothing new, exit. */
	Type.Object({type: Type.Literal('drain')}),
	/** A part of a version's code, the answer to an `Ask`; the body of the frame is the chunk. */
	Type.Object({type: Type.Literal('code'), ask: Type.String(), part: Type.Integer(), parts: Type.Integer()}),
	/** There is no such version. */
	Type.Object({type: Type.Literal('unknown'), ask: Type.String()}),
]);

export type Order = Static<typeof OrderSchema>;
export const checkOrder = checker(OrderSchema);

/** To `heartbeat.<worker>`, every second. */
export const HeartbeatSchema = Type.Object({
	worker: Type.String({minLength: 1}),
	pool: Type.String(),
	/** What functions may ask for; a worker that names none has none. */
	tags: Type.Optional(Type.Array(Type.String())),
	host: Type.String(),
	pid: Type.Integer(),
	version: Type.String(),
	state: Type.Enum(['starting', 'idle', 'busy', 'draining', 'stopped'] as const),
	slots: Type.Integer(),
	/** What is held; `startedAt` null: not started yet. */
	held: Type.Array(
		Type.Object({
			task: Type.String(),
			attempt: Type.Integer(),
			function: Type.String(),
			startedAt: Type.Union([Type.Number(), Type.Null()]),
		}),
	),
	warm: Type.Record(Type.String(), Type.Integer()),
	rssBytes: Type.Integer(),
	/** What its machine, or its control group, has left. */
	freeBytes: Type.Optional(Type.Integer()),
	executors: Type.Integer(),
	restarts: Type.Integer(),
	/** Attempts that ended since it started, and how long they had their slots, all together, ms. */
	ended: Type.Optional(Type.Integer()),
	slotMs: Type.Optional(Type.Number()),
	missingWalls: Type.Optional(Type.Array(Type.String())),
	/** The pool supervisor that started it, and ends it. */
	supervisor: Type.Optional(Type.String()),
	startedAt: Type.Number(),
	/** How often this worker says so, in ms; a second where it does not tell. */
	everyMs: Type.Optional(Type.Number({minimum: 1})),
	at: Type.Number(),
});

export type Heartbeat = Static<typeof HeartbeatSchema>;
export const checkHeartbeat = checker(HeartbeatSchema);

/** To `server.all`: what one server tells the others. */
export const NewsSchema = Type.Union([
	/** It was deployed, paused, resumed or removed. */
	Type.Object({about: Type.Literal('function'), from: Type.String(), name: Type.String()}),
	/** It was paused or resumed. */
	Type.Object({about: Type.Literal('pool'), from: Type.String(), name: Type.String()}),
	/** Of this function, which may run only so often at the same time, one has ended, and nobody here waits. */
	Type.Object({about: Type.Literal('room'), from: Type.String(), name: Type.String()}),
	/** The last word on an attempt that another server has ended: that one may wait for it. */
	Type.Object({about: Type.Literal('stopped'), from: Type.String(), outcome: OutcomeSchema}),
	/** A worker asks what it must never start, and each server knows only what it ended itself. */
	Type.Object({about: Type.Literal('stops'), from: Type.String(), worker: Type.String()}),
]);

export type News = Static<typeof NewsSchema>;
export const checkNews = checker(NewsSchema);

/** To `warren.functions`. `code`: one version, by digest. `stops`: the current tombstones (R24). */
export const AskSchema = Type.Union([
	Type.Object({type: Type.Literal('code'), ask: Type.String(), worker: Type.String(), digest: Type.String()}),
	Type.Object({type: Type.Literal('stops'), ask: Type.String(), worker: Type.String()}),
]);

export type Ask = Static<typeof AskSchema>;
export const checkAsk = checker(AskSchema);

/** Code travels in parts of at most this many bytes. */
export const codePartBytes = 1024 * 1024;
