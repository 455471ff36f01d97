// A world between two steps, and what only the checker sees of it.
import type {Flight, HomeRow, Message, Node, Row, TaskState, Timer, Unacked, Worker} from './state.ts';

/** An end: a life of a task is named by the attempt it ended with. */
type End = {readonly state: TaskState; readonly reply: boolean; replied: boolean; buried: boolean};

export type Seen = {
	accepted: Record<string, boolean>;
	outcomes: Record<string, number>;
	fired: Record<string, number>;
	ends: Record<string, End>;
	dispatched: Record<string, boolean>;
	receipts: Record<string, TaskState>;
	redriven: Record<string, number>;
	started: Record<string, boolean>;
};

export type Caller = 'idle' | 'sent' | 'waiting' | 'answered';

export type World = {
	rows: Record<string, Row>;
	homes: Record<string, HomeRow>;
	timers: Timer[];
	/** Whose lease is not over. */
	live: Record<string, boolean>;
	queues: Record<string, Message[]>;
	unacked: Unacked[];
	producers: Record<string, Caller>;
	cancellers: Record<string, Caller>;
	nodes: Record<string, Node>;
	/** Processes whose home was taken over by a newer one, which is in `nodes`. */
	ghosts: Record<string, Node>;
	flights: Flight[];
	workers: Record<string, Worker>;
	faults: Record<string, number>;
	/** Only where `inboxKeep` or `adoptAlways` is off: who scans a dead home, and what is left of it. */
	scans: Record<string, {by: string; messages: number; tasks: string[]}>;
	seen: Seen;
};
