/**
 * RabbitMQ for tests. `rabbit()` is the broker that all test files of a run share: names are made
 * unique with `prefix()`. `ownRabbit()` is one that the test may kill.
 */
import {randomUUID} from 'node:crypto';
import {type Broker, type BrokerKind, kindOf, openBroker} from './broker.ts';
import {startContainer} from './containers.ts';
import {noteGap} from './gaps.ts';
import {findServer, startPrivateNode} from './privateNode.ts';
import {TcpProxy, targetOf} from './proxy.ts';

export type Rabbit = {readonly kind: BrokerKind; readonly url: string};

/** What scripts/test.ts hands to the test files of its run. */
export const runVariables = {
	url: 'WARREN_TEST_RUN_URL',
	kind: 'WARREN_TEST_RUN_KIND',
};

// One for the process of a test file that was started by itself; it ends with the process.
let opened: Promise<Broker> | undefined;

/** The broker of this run. */
export async function rabbit(): Promise<Rabbit> {
	const {[runVariables.url]: url, [runVariables.kind]: kind} = process.env;
	if (url && kind) return {url, kind: kind as BrokerKind};
	opened ??= openBroker();
	return opened;
}

/** Keeps the names of one test apart from all others on the same broker. */
export const prefix = (): string => `wt-${randomUUID().slice(0, 8)}`;

export type OwnRabbit = {
	readonly url: string;
	/** Ends the broker without a goodbye. */
	kill(): Promise<void>;
	/** After `kill`: the same broker with the same data, at the same URL. */
	start(): Promise<void>;
	/**
	 * To be called between a declaration and a `kill`: RabbitMQ 3.10 writes what a new quorum queue
	 * needs to elect its leader some seconds late; killed before, the queue is there but never answers.
	 */
	settle(): Promise<void>;
	/** Somebody else's runs no code of ours: what a test can't show there is listed as its gap. */
	readonly isOurs: boolean;
	/** Runs Erlang code in the broker, for what only its administrator can do; false if it failed. */
	evaluate(code: string): Promise<boolean>;
	stop(): Promise<void>;
};

/**
 * A broker that the test may kill. A foreign one can't be killed: then its connections are cut
 * instead, and `gap` (what the test would have shown) is listed at the end of the run.
 */
export async function ownRabbit(gap: string): Promise<OwnRabbit> {
	// Nothing is started for the run if this one is all that is needed.
	const kind = (process.env[runVariables.kind] as BrokerKind | undefined) ?? (await kindOf());
	if (kind === 'node') return ownNode();
	if (kind === 'container') return ownContainer();
	await noteGap(`${gap}: by cut connections only, with the broker of WARREN_TEST_AMQP_URL`);
	const {url} = await rabbit();
	const proxy = await TcpProxy.open(targetOf(url));
	return {
		url: proxy.through(url),
		kill: async () => proxy.refuse(),
		start: async () => proxy.admit(),
		settle: async () => {},
		isOurs: false,
		evaluate: async () => false,
		stop: () => proxy.close(),
	};
}

async function ownNode(): Promise<OwnRabbit> {
	const server = findServer();
	if (!server) throw new Error('The rabbitmq-server of this run is not installed any more');
	const node = await startPrivateNode(server);
	return {
		...node,
		isOurs: true,
		settle: async () => {
			await node.evaluate(flushCode);
		},
	};
}

const flushCode = '[dets:sync(Table) || Table <- dets:all()].';

async function ownContainer(): Promise<OwnRabbit> {
	const container = await startContainer();
	// A restarted container has another port: the proxy keeps the URL.
	const proxy = await TcpProxy.open(targetOf(container.url()));
	return {
		url: proxy.through(container.url()),
		kill: async () => {
			proxy.refuse();
			await container.restart();
		},
		start: async () => proxy.admit(targetOf(container.url())),
		settle: async () => {
			await container.evaluate(flushCode);
		},
		isOurs: true,
		evaluate: code => container.evaluate(code),
		stop: async () => {
			await proxy.close();
			await container.stop();
		},
	};
}
