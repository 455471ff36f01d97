// What the servers of a store tell each other of their rules: for which pools each has one, so that none waits
// for the word of a server that has no rule; and what each has decided, so that whoever is asked, or comes to
// lead, knows it. Lossy: the first is said at every look, the second stands in the decider's log.
import {checkRuling, type Ruled, type Ruling} from '#contract/autoscale.ts';
import {messageTypes} from '#contract/work.ts';
import {readJson} from '#lib/json.ts';
import type {Ambient} from '#observe/observe.ts';
import {ear, type Names} from '#transport/topology.ts';
import type {Consumer, Delivery, Transport} from '#transport/transport.ts';

export type Rulings = {
	/** @param decided called with what others have decided */
	start(decided: (ruled: Ruled) => void): Promise<void>;
	stop(): Promise<void>;
	/** Says for which pools there is a rule here, and what was decided since it was said last. */
	tell(said: Omit<Ruling, 'from'>): void;
	/** The other servers that have a rule for this pool; undefined: it has not listened long enough to know. */
	of(pool: string): ReadonlySet<string> | undefined;
};

type Parts = {
	readonly transport: Transport;
	readonly names: Names;
	/** This server. */
	readonly home: string;
};

/** Servers say so every two seconds. */
const knownMs = 7000;
const settleMs = 5000;

export function createRulings({clock, log, metrics}: Ambient, {transport, names, home}: Parts): Rulings {
	const id = `${home}-rules`;
	const heard = new Map<string, {readonly pools: readonly string[]; readonly at: number}>();
	let listensSince = Number.POSITIVE_INFINITY;
	let consumer: Consumer | undefined;
	let unwatch = () => {};
	const hear = ({body}: Delivery, decided: (ruled: Ruled) => void): 'ack' => {
		const checked = checkRuling(readJson(body));
		if (!checked.ok) log.warn({why: checked.why}, 'what a server said of its rules was not understood');
		if (!checked.ok || checked.value.from === home) return 'ack';
		const {from, pools, decisions} = checked.value;
		heard.set(from, {pools, at: clock.now()});
		for (const one of decisions) decided(one);
		return 'ack';
	};
	const listen = () => {
		listensSince = clock.now();
	};
	return {
		async start(decided) {
			await transport.declare({
				exchanges: [{name: names.control, type: 'topic'}],
				// A server's name may have dots.
				queues: [ear(names, id, ['rules.#'])],
			});
			consumer = await transport.consume(names.ear(id), {prefetch: 1000}, one => hear(one, decided));
			// Who was not heard while the connection was lost is not gone for that.
			unwatch = transport.watch(state => void (state === 'up' && listen()));
			listen();
		},
		async stop() {
			unwatch();
			await consumer?.cancel();
		},
		tell(said) {
			metrics.published.inc({kind: 'control'});
			const message = {
				exchange: names.control,
				key: `rules.${home}`,
				body: Buffer.from(JSON.stringify({from: home, ...said} satisfies Ruling)),
				properties: {type: messageTypes.rules, contentType: 'application/json'},
			};
			transport
				.publish(message, {confirm: false})
				.catch(error => log.debug({err: error}, 'other servers were not told of the rules'));
		},
		of(pool) {
			const now = clock.now();
			if (now - listensSince < settleMs) return undefined;
			const lately = [...heard].filter(([, {at, pools}]) => now - at < knownMs && pools.includes(pool));
			return new Set(lately.map(([from]) => from));
		},
	};
}

/** Where no other server works on the store. */
export const noRulings: Rulings = {
	async start() {},
	async stop() {},
	tell() {},
	of: () => new Set(),
};
