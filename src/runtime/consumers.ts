// What a home consumes, as long as its store takes commits. While it takes none, whatever came here would wait
// for it, though another server could carry it, or the broker keep it: nothing is taken then, and what has no
// verdict goes back.
import {atMost} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Consumer, Handler, Transport} from '#transport/transport.ts';

export type Consumers = {
	/**
	 * Consumes until `cancel`ed, whenever the store takes commits; or `always`, what needs no commit.
	 * @throws TopologyError, TransportDown
	 */
	readonly add: (queue: string, handle: Handler, when?: 'always') => Promise<Consumer>;
	/** The store takes nothing, or takes commits again. */
	shut(isShut: boolean): void;
	/** Takes no more, and resolves when all in hand has its verdict. */
	stop(): Promise<void>;
};

const prefetch = 1000;
/** A goodbye to a queue that is just being consumed again does not wait longer for it, ms. */
const goodbyeMs = 1000;
/** A store that is shut again so soon, ms, takes what is small and nothing else, say: it is left alone for longer each time. */
const calmMs = 10_000;
const leastRestMs = 250;
const mostRestMs = 5000;
/** Until a queue that could not be consumed again is tried once more, ms. */
const againMs = 1000;

export function createConsumers({clock, log}: Ambient, transport: Pick<Transport, 'consume'>): Consumers {
	const all = new Set<Consumer & {readonly follow: () => void}>();
	let isShut = false;
	let restMs = 0;
	let openedAt = Number.NEGATIVE_INFINITY;
	let shutAt = 0;
	let callOff = () => {};
	const open = () => {
		openedAt = clock.now();
		isShut = false;
		for (const {follow} of all) follow();
	};
	return {
		async add(queue, handle, when) {
			const goodbyes = new Set<Promise<void>>();
			let isOver = false;
			let opening: Promise<void> | undefined;
			let consumer: Consumer | undefined;
			const isTime = () => !isShut || when === 'always';
			const begin = async () => {
				consumer = await transport.consume(queue, {prefetch}, handle);
			};
			const close = (one: Consumer) => {
				consumer = undefined;
				const goodbye = one
					.cancel()
					.catch(error => log.debug({queue, err: error}, 'a consumer could not be cancelled'))
					.finally(() => goodbyes.delete(goodbye));
				goodbyes.add(goodbye);
			};
			/** The goodbye comes first: what is given back in the same turn is not delivered here again. */
			const follow = () => {
				if (opening) return;
				const isWanted = !isOver && isTime();
				if (consumer && !isWanted) close(consumer);
				if (consumer || !isWanted) return;
				opening = begin()
					.catch(error => {
						log.warn({queue, err: error}, 'a queue cannot be consumed again yet');
						clock.after(againMs, follow);
					})
					.finally(() => {
						opening = undefined;
						if (consumer) follow();
					});
			};
			const entry = {
				follow,
				async cancel() {
					isOver = true;
					all.delete(entry);
					follow();
					if (opening) await atMost(clock, goodbyeMs, opening);
					await Promise.all(goodbyes);
				},
			};
			if (isTime()) await begin();
			all.add(entry);
			follow();
			return entry;
		},
		shut(is) {
			callOff();
			if (!is) {
				const leftMs = shutAt + restMs - clock.now();
				if (leftMs > 0) callOff = clock.after(leftMs, open);
				else open();
				return;
			}
			if (isShut) return;
			isShut = true;
			shutAt = clock.now();
			const isAgain = clock.now() - openedAt < calmMs;
			restMs = isAgain ? Math.min(mostRestMs, Math.max(leastRestMs, restMs * 2)) : 0;
			log[isAgain ? 'debug' : 'warn']('nothing is taken from the broker until the store takes commits');
			for (const {follow} of all) follow();
		},
		async stop() {
			callOff();
			await Promise.all([...all].map(one => one.cancel()));
		},
	};
}
