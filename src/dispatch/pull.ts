// Pull: attempts are published to their pool's queue, and workers take them as they have room. At load
// several attempts of one version travel as one message and run one after the other in one slot: at
// most as many as are expected to take ten milliseconds together, judged by what was measured.
// What must not wait in that queue is pushed: to the mailbox of a live worker, chosen by the roster. A
// copy is a copy, whichever way it came: it is marked and claimed (R9, R13) like any other.
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Dispatch, Placed, Placement} from '#runtime/runtime.ts';
import type {Names} from '#transport/topology.ts';
import {type Transport, TransportDown} from '#transport/transport.ts';
import type {Choice} from './choice.ts';
import {isLate, marked} from './late.ts';
import type {Packer} from './pack.ts';
import {createPools} from './pools.ts';
import type {Post} from './post.ts';

type Parts = {
	readonly transport: Transport;
	readonly names: Names;
	readonly post: Post;
	readonly choose: Choice;
	readonly packer: Packer;
};

const againMs = 500;

export function createPull({clock, log}: Ambient, {transport, names, post, choose, packer}: Parts): Dispatch {
	const pools = createPools(transport, names);

	const publish = async (pack: readonly Placement[], placed: Placed): Promise<void> => {
		const [first] = pack;
		if (!first) return;
		const {pool, class: priority} = first.row;
		const worker = first.straight && first.again ? choose(pool) : undefined;
		// A mailbox goes with its worker: then the pool's queue is there.
		if (worker !== undefined && (await post(pack, names.worker(worker))) === 'taken') {
			placed(first, worker);
			return;
		}
		const making = pools(pool);
		if (making) {
			await making;
			if (isLate(pack, clock.now())) throw new TransportDown(`The queues of ${pool} took long to make`);
		}
		const queue = names.work(pool, priority);
		const published = await post(pack, queue);
		if (published === 'unroutable') throw new TransportDown(`There is no queue ${queue}`);
		if (published === 'refused') throw new TransportDown(`The queue ${queue} is full`);
		for (const placement of pack) placed(placement, null);
	};

	/** R9: whether the broker has it is not known, so every further publish is marked and travels alone. */
	const repeat = async (placement: Placement, placed: Placed): Promise<void> => {
		for (;;) {
			await pause(clock, againMs);
			try {
				return await publish([{...placement, again: true}], (_, to) => placed(placement, to));
			} catch (error) {
				if (!(error instanceof TransportDown)) throw error;
			}
		}
	};

	const send = (pack: readonly Placement[], placed: Placed) => {
		publish(pack, placed).catch(error => {
			log.warn({err: error, attempts: pack.length}, 'a dispatch is not confirmed; dispatching again');
			for (const placement of pack) {
				repeat(placement, placed).catch(bug => log.error({err: bug}, 'a dispatch failed'));
			}
		});
	};
	return {
		place(placements, placed) {
			for (const pack of packer.pack(marked(placements, clock.now()))) send(pack, placed);
		},
		measured: (version, runMs) => packer.measured(version, runMs),
		holds: () => false,
		outlives: () => transport.durable,
	};
}
