/**
 * Carries messages between the processes of one installation, and to and from foreign producers.
 *
 * - `publish` resolves only once the broker has taken the message for good (durable queues: on its
 *   disk), or has said that no queue is bound, or that the queue is full. It rejects with a
 *   `TransportDown` when that can't be known: the message may or may not have been taken.
 * - At most `window` publishes are unconfirmed at once; a further one waits its turn. While the
 *   broker refuses writes (its alarm, a full socket) publishes wait too, and `blocked()` says why.
 * - A publish waits for a lost connection as well, for its `patienceMs`, and is sent when it is back.
 * - Messages of one queue arrive in the order one sender published them, first time round.
 * - A message whose consumer vanished before its verdict is delivered again, `redelivered`.
 * - A consumer holds at most `prefetch` messages that have no verdict yet.
 * - What the verdict `drop` refuses, what expires and what was delivered more often than the
 *   queue's `deliveryLimit` goes to the queue's dead-letter exchange, with `death` set.
 * - Connections that are lost come back by themselves: what was declared is declared again, what
 *   was consumed is consumed again; consumers see no difference but redelivery.
 * - A durable queue that was declared here and deleted behind our back is made again when a message is
 *   published to it, or when it is or was consumed here.
 * - `stop` takes nothing new, waits for the verdicts of what is in hand and for open confirms.
 */
export type Transport = {
	/** False where the messages die with this process: then open work is published again at start. */
	readonly durable: boolean;
	/** Makes exchanges, queues and bindings. Asking twice is harmless; another shape is a `TopologyError`. */
	declare(topology: Topology): Promise<void>;
	publish(message: Outgoing, options?: PublishOptions): Promise<Published>;
	/** Stays subscribed until `cancel`ed, over lost connections too. */
	consume(queue: string, options: ConsumeOptions, handle: Handler): Promise<Consumer>;
	/** How many messages wait in a queue (without those in hand); undefined if there is no such queue. */
	depth(queue: string): Promise<number | undefined>;
	/** Deletes a queue with all in it. */
	remove(queue: string): Promise<void>;
	/** Why publishes wait at the moment (`low on memory`, `connecting`), or undefined. */
	blocked(): string | undefined;
	/** Calls back whenever the connection is lost (`down`) and when all is declared and consumed again (`up`). */
	watch(listener: (state: 'up' | 'down', why?: string) => void): () => void;
	/**
	 * Asks the broker to take a word, and for one on the way on which messages come: it takes what is said, and all
	 * that it had sent before is here by then. Never answered while it is out of reach, known or not, or takes nothing.
	 */
	ask(answered: () => void): void;
	stop(): Promise<void>;
};

/** `unroutable`: no queue is bound for this key. `refused`: a queue is full and says so. */
export type Published = 'taken' | 'unroutable' | 'refused';

/** How long a publish waits for a lost connection where nothing is said of it, ms. */
export const usualPatienceMs = 30_000;

export type PublishOptions = {
	/**
	 * `replies` uses a connection of its own: the address comes from a foreign producer, and a
	 * crafted one can make the broker close the connection. `suspects` uses one that no answer uses
	 * that was not lost already.
	 */
	readonly lane?: 'work' | 'replies' | 'suspects';
	/** False: not waited for and not written to disk (events, heartbeats); always resolves `taken`. */
	readonly confirm?: boolean;
	/** How long it may wait for a lost connection, ms: then it rejects, and is never sent. */
	readonly patienceMs?: number;
};

export type Outgoing = {
	/** The empty name is the default exchange: the key is then the name of a queue. */
	readonly exchange: string;
	readonly key: string;
	readonly body: Buffer;
	readonly properties?: Properties;
};

/** The AMQP 0-9-1 message properties that Warren reads and writes. */
export type Properties = {
	readonly type?: string;
	readonly contentType?: string;
	readonly messageId?: string;
	readonly correlationId?: string;
	readonly replyTo?: string;
	/** ms, as a string of digits (so says AMQP). */
	readonly expiration?: string;
	readonly priority?: number;
	/** seconds since the epoch (so says AMQP). */
	readonly timestamp?: number;
	readonly appId?: string;
	readonly headers?: Readonly<Record<string, unknown>>;
};

export type Delivery = {
	readonly queue: string;
	readonly exchange: string;
	readonly key: string;
	readonly body: Buffer;
	readonly properties: Properties;
	readonly redelivered: boolean;
	/** Set on what came through a dead-letter exchange. */
	readonly death?: Death;
};

export type Death = {
	readonly reason: 'rejected' | 'expired' | 'maxlen' | 'delivery_limit';
	readonly queue: string;
	readonly exchange: string;
	readonly key: string;
};

/** The return value is the acknowledgement. `retry`: back to the queue. `drop`: to the dead-letter exchange. */
export type Verdict = 'ack' | 'retry' | 'drop';

/** A handler that throws has a bug: it is logged and the message goes back to the queue. */
export type Handler = (delivery: Delivery) => Promise<Verdict> | Verdict;

export type ConsumeOptions = {readonly prefetch: number};

/** `cancel` takes no more and resolves when all that is in hand has its verdict. */
export type Consumer = {cancel(): Promise<void>};

export type Topology = {readonly exchanges: readonly Exchange[]; readonly queues: readonly Queue[]};

export type Exchange = {readonly name: string; readonly type: 'topic' | 'direct' | 'fanout'};

export type Binding = {readonly exchange: string; readonly key: string};

/** Exchanges and queues are durable unless `exclusive`, which dies with its connection. */
export type Queue = {
	readonly name: string;
	readonly type: 'quorum' | 'classic';
	readonly exclusive?: boolean;
	readonly bindings?: readonly Binding[];
	readonly deadLetterExchange?: string;
	/** Without it the message keeps its routing key. */
	readonly deadLetterKey?: string;
	readonly deliveryLimit?: number;
	/** Bound in bytes; publishes over it are `refused`. */
	readonly maxBytes?: number;
	readonly maxLength?: number;
	readonly messageTtlMs?: number;
	readonly singleActiveConsumer?: boolean;
	/**
	 * What is in it can be made again: where the broker has broken it, it is deleted and made anew, and its
	 * dead letters may be lost.
	 */
	readonly expendable?: boolean;
};

/** The broker is out of reach, or went away before it answered. */
export class TransportDown extends Error {
	override readonly name = 'TransportDown';
}

/** A queue or an exchange exists with another shape; no retry will mend that. */
export class TopologyError extends Error {
	override readonly name = 'TopologyError';
}
