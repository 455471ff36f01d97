import type {ExecutionContext} from 'ava';
import type {Delivery, Exchange, Handler, Outgoing, Queue, Transport, Verdict} from '#transport/transport.ts';
import type {TestAmbient} from '../harness/ambient.ts';
import type {Arrivals} from '../harness/arrivals.ts';
import {arrivals} from '../harness/arrivals.ts';

/** What the conformance suite needs of an adapter. Everything is gone when the test is over. */
export type World = {
	readonly ambient: TestAmbient;
	/** A name that nobody else uses on this broker. */
	name(base: string): string;
	/** A new connection: the transport of one process. */
	connect(): Promise<Transport>;
	/** The transport loses its connections; resolves when they are back. */
	sever(transport: Transport): Promise<void>;
	/** The transport loses its connections; resolves when it knows. They come back when what is returned is called. */
	part(transport: Transport): Promise<() => Promise<void>>;
	/** The transport loses its connections for good, as if its process had died. */
	kill(transport: Transport): Promise<void>;
};

export type OpenWorld = (t: ExecutionContext) => Promise<World>;

/** The deliveries of one queue, and the handler that collects them. */
export type Inbox = Arrivals<Delivery> & {readonly handle: Handler; texts(): string[]};

export function inbox(name: string, verdict: Handler = () => 'ack'): Inbox {
	const seen = arrivals<Delivery>(`messages of ${name}`);
	return {
		...seen,
		handle(delivery) {
			seen.push(delivery);
			return verdict(delivery);
		},
		texts: () => seen.all.map(textOf),
	};
}

/** A handler that is busy until the test is over. */
export function stuck(t: ExecutionContext, name: string): Inbox {
	const {promise, resolve} = Promise.withResolvers<Verdict>();
	t.teardown(() => resolve('ack'));
	return inbox(name, () => promise);
}

/** A handler whose verdicts are given by the test, oldest message first. */
export function hands(name: string): Inbox & {settle(verdict: Verdict): void} {
	const held: ((verdict: Verdict) => void)[] = [];
	const collected = inbox(name, () => {
		const {promise, resolve} = Promise.withResolvers<Verdict>();
		held.push(resolve);
		return promise;
	});
	return {
		...collected,
		settle(verdict) {
			const resolve = held.shift();
			if (!resolve) throw new Error(`Nothing of ${name} waits for a verdict`);
			resolve(verdict);
		},
	};
}

export const textOf = ({body}: Pick<Delivery, 'body'>): string => body.toString();

/** A message to a queue by its name. */
export const to = (key: string, text: string, properties?: Outgoing['properties']): Outgoing => ({
	exchange: '',
	key,
	body: Buffer.from(text),
	...(properties && {properties}),
});

export const quorum = (name: string, more: Partial<Queue> = {}): Queue => ({name, type: 'quorum', ...more});

export const declared = async (transport: Transport, queues: Queue[], exchanges: Exchange[] = []) => {
	await transport.declare({exchanges, queues});
	return transport;
};

/** The numbers from 1 to `count`, as texts. */
export const numbers = (count: number): string[] => Array.from({length: count}, (_, index) => `${index + 1}`);

/** @throws Error unless the broker has taken them all */
export async function publishAll(
	transport: Transport,
	queue: string,
	texts: readonly string[],
): Promise<void> {
	const published = await Promise.all(texts.map(text => transport.publish(to(queue, text))));
	const left = published.find(one => one !== 'taken');
	if (left) throw new Error(`Expected ${queue} to take all messages, and one was ${left}`);
}

/** As who must not lose them does it: RabbitMQ 3.10 refuses what comes while it makes a queue. */
export async function publishTaken(
	transport: Transport,
	queue: string,
	texts: readonly string[],
): Promise<void> {
	const one = async (text: string) => {
		while ((await transport.publish(to(queue, text))) !== 'taken');
	};
	await Promise.all(texts.map(one));
}

/**
 * To an exclusive queue whose connection was lost: the broker keeps the old one until it has seen that. Until then
 * messages are lost with that one, or find none.
 */
export async function publishUntilHeard(transport: Transport, queue: string, heard: Inbox): Promise<void> {
	while (heard.all.length === 0) {
		await transport.publish(to(queue, 'x')).catch(() => {});
		await new Promise(setImmediate);
	}
}
