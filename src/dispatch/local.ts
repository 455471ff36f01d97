// Local: attempts go to the worker in the same process as values, and what becomes of them comes back as
// values. No frame is written and no broker asked. They die with this process, so its next start places
// them again: the same copy comes back, as it would from a broker, and what took this process down while it ran alone
// is known by that (R16). What a worker that drains has not started goes to the pool's queue.

import type {WorkItem} from '#contract/work.ts';
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Dispatch, Office, Placed, Placement} from '#runtime/runtime.ts';
import {createSupply, type Order} from '#runtime/supply.ts';
import {endWithoutInput} from '#runtime/withoutInput.ts';
import type {TaskRow} from '#store/store.ts';
import type {Attempt} from '#worker/delivered.ts';
import type {Host, Inlet, Offer} from '#worker/inlet.ts';
import type {HomeLine} from '#worker/job.ts';
import type {Packer} from './pack.ts';
import {itemOf} from './post.ts';

type Parts = Pick<Office, 'home' | 'reports' | 'store' | 'over'> & {
	readonly inlet: Inlet;
	readonly packer: Packer;
	/** Where what the worker gives back goes. */
	readonly pull: Dispatch;
};

/** Of inputs that wait for their turn; what is over is read from the store then. */
const mostBytes = 64 * 2 ** 20;
/** How long a home that could not take an outcome is left alone, or a store that could not give an input. */
const againMs = 200;

export function createLocal(ambient: Ambient, parts: Parts): Dispatch {
	const {home, inlet, packer, pull, store, reports, over} = parts;
	const {clock, log} = ambient;
	const inHand = new Map<string, number>();
	const host: Host = {line: lineTo(ambient, parts), most: version => packer.capacity(version)};
	let keptBytes = 0;
	const missing = ({row}: Pick<Placement, 'row'>) => endWithoutInput(ambient, reports, row);
	/** For the pool's queue. */
	const back = createSupply<Order & {readonly placed: Placed}>(ambient, {
		...{store, dispatch: pull, over, missing},
		placed: (order, to) => order.placed(order, to),
	});

	/** Until this home decides nothing any more. */
	const read = async ({id}: TaskRow): Promise<Buffer | undefined> => {
		while (!over.aborted) {
			const found = await store
				.inputs([id])
				.catch(error => log.warn({err: error, task: id}, 'an input could not be read; trying again'));
			if (found) return found.get(id);
			await pause(clock, againMs, over);
		}
		return undefined;
	};
	/** Gives the input once, if it was kept. */
	const keep = (input: Buffer): (() => Buffer | undefined) => {
		if (keptBytes + input.length > mostBytes) return () => undefined;
		let kept: Buffer | undefined = input;
		keptBytes += input.length;
		return () => {
			const given = kept;
			keptBytes -= given?.length ?? 0;
			kept = undefined;
			return given;
		};
	};
	const fetch = async (order: Omit<Placement, 'input'>, item: WorkItem): Promise<Attempt | undefined> => {
		const input = await read(order.row);
		if (!input && !over.aborted) missing(order);
		return input && {item, input};
	};
	const offerOf = ({input: whole, ...order}: Placement, placed: Placed): Offer => {
		const {id: task, attempt, class: priority} = order.row;
		const item = itemOf(order);
		const kept = keep(whole);
		return {
			...{item, class: priority, copy: `${home}.local.${task}.${attempt}`},
			open() {
				const input = kept();
				return input ? {item, input} : fetch(order, item);
			},
			over(fate) {
				const input = kept();
				if (inHand.get(task) === attempt) inHand.delete(task);
				if (fate === 'returned') back.place([{...order, input, placed: (_, to) => placed(order, to)}]);
			},
		};
	};
	const has = (task: string, attempt: number) => inHand.get(task) === attempt;
	return {
		place(placements, placed) {
			const offers: Offer[] = [];
			for (const placement of placements) {
				const {id, attempt} = placement.row;
				// Here memory is certain: who has it will say how it ended, and needs no second copy.
				if (!has(id, attempt)) offers.push(offerOf(placement, placed));
				inHand.set(id, attempt);
				placed(placement, inlet.worker);
			}
			inlet.offer(offers, host);
		},
		measured: (version, runMs) => packer.measured(version, runMs),
		holds: (task, attempt) => has(task, attempt) || back.holds(task, attempt),
		outlives: () => false,
	};
}

/** The home in this process, as its worker speaks to it. */
function lineTo({clock}: Ambient, {inlet, reports, over}: Parts): HomeLine {
	return {
		report: outcome =>
			new Promise(resolve => {
				const again = () => (over.aborted ? resolve() : tell());
				const tell = () =>
					reports.outcome(outcome, isTaken => {
						if (isTaken) resolve();
						// What the store can't take now it takes later, as with a message that comes again.
						else void pause(clock, againMs, over).then(again);
					});
				tell();
			}),
		// Without an answer it goes to the queue, where a claim is asked again and again (R22).
		ask: claim => reports.claim({...claim, worker: inlet.worker}),
	};
}
