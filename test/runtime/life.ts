import type {Store} from '#store/store.ts';
import {
	type Outgoing,
	type Published,
	type PublishOptions,
	type Transport,
	TransportDown,
} from '#transport/transport.ts';
import {type Arrivals, arrivals} from '../harness/arrivals.ts';

/**
 * A process as the tests can kill it: all it does to the world outside (store and broker) is an act,
 * and it may die before or after any of them. A dead one begins no act and hears of no end.
 */
export type Life = {
	readonly alive: boolean;
	/** The acts so far, `before …` and `after …` each a step. */
	readonly steps: readonly string[];
	act<T>(name: string, work: () => Promise<T>): Promise<T>;
	die(): void;
};

/** One of its own for each: what waits for a promise that all share is kept for ever, with its whole world. */
const never = () => new Promise<never>(() => {});

/** @param diesAt the step at which it dies by itself, counted from 1 */
export function createLife(died: () => void, diesAt = Number.POSITIVE_INFINITY): Life {
	const steps: string[] = [];
	let alive = true;
	const die = () => {
		if (!alive) return;
		alive = false;
		died();
	};
	const step = (what: string): boolean => {
		if (alive && steps.push(what) >= diesAt) die();
		return alive;
	};
	return {
		get alive() {
			return alive;
		},
		steps,
		async act(name, work) {
			if (!step(`before ${name}`)) return never();
			try {
				const done = await work();
				return step(`after ${name}`) ? done : await never();
			} catch (error) {
				if (step(`after ${name}`)) throw error;
				return never();
			}
		},
		die,
	};
}

/** What goes wrong with one act: it does not happen, or it does and its answer is lost, or it must wait. */
export type Mishap = 'refused' | 'answer lost' | Error | Promise<void> | undefined;

type Verb = Exclude<keyof Store, 'close' | 'damage' | 'shared' | 'pipeline'>;
const verbs: readonly Verb[] = [
	'open',
	'commit',
	'renew',
	'homes',
	'forget',
	'placed',
	'pausePool',
	'resumePool',
	'pauses',
	'load',
	'loadByKey',
	'inputs',
	'results',
	'logs',
	'backlog',
	'owing',
	'due',
	'nextDue',
	'untimed',
	'inBroker',
	'waiting',
	'list',
	'counts',
	'ledger',
	'stock',
	'recount',
	'history',
	'deaths',
	'openOf',
	'functions',
	'version',
	'versions',
	'prune',
];

/** The same store, as a process that may die uses it, and with mishaps where the test wants them. */
export function mortalStore(
	store: Store,
	life: Life,
	mishap: (verb: string, given: readonly unknown[]) => Mishap,
	trouble: Error,
): Store {
	const through = (verb: Verb) => {
		const real = store[verb] as (...given: readonly unknown[]) => Promise<unknown>;
		return (...given: readonly unknown[]) =>
			life.act(`store.${verb}`, async () => {
				const what = mishap(verb, given);
				if (what instanceof Error) throw what;
				if (what instanceof Promise) await what;
				if (what === 'refused') throw trouble;
				const answer = await real(...given);
				if (what === 'answer lost') throw trouble;
				return answer;
			});
	};
	const wrapped = Object.fromEntries(verbs.map(verb => [verb, through(verb)]));
	return {
		...wrapped,
		shared: store.shared,
		pipeline: store.pipeline,
		damage: () => store.damage(),
		close: () => store.close(),
	} as unknown as Store;
}

/** A message that a process published, as it was, who did, and what became of it. */
export type Sent = Outgoing & {readonly by: string; readonly published: Published};

export type Wire = {readonly transport: Transport; readonly sent: Arrivals<Sent>};

/** The same transport, as a process that may die uses it; what it published is told. */
export function mortalTransport(
	real: Transport,
	{by, life, durable, record}: {by: string; life: Life; durable: boolean; record: Sent[]},
	mishap: (message: Outgoing, lane?: PublishOptions['lane']) => Mishap,
): Wire {
	const sent = arrivals<Sent>(`the messages of ${by}`);
	const transport: Transport = {
		durable,
		declare: topology => life.act('declare', () => real.declare(topology)),
		publish: (message, options) =>
			life.act(
				`publish ${message.properties?.type ?? ''} to ${message.exchange || message.key}`,
				async () => {
					const what = mishap(message, options?.lane);
					if (what instanceof Error) throw what;
					if (what instanceof Promise) await what;
					if (what === 'refused') throw new TransportDown('The test has taken the broker away');
					const published = await real.publish(message, options);
					sent.push({...message, by, published});
					record.push({...message, by, published});
					if (what === 'answer lost') throw new TransportDown('The test has lost the confirm');
					return published;
				},
			),
		consume: (queue, options, handle) =>
			life.act(`consume ${queue}`, () => real.consume(queue, options, handle)),
		// Whoever can't publish to a queue can't ask for it either.
		async depth(queue) {
			if (mishap({exchange: '', key: queue, body: Buffer.alloc(0)}) !== 'refused') return real.depth(queue);
			throw new TransportDown('The test has taken the broker away');
		},
		remove: queue => real.remove(queue),
		blocked: () => real.blocked(),
		watch: listener => real.watch(listener),
		ask: answered => real.ask(answered),
		stop: () => real.stop(),
	};
	return {transport, sent};
}
