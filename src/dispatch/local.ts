// Local: attempts go to the worker in the same process as values, and what becomes of them comes back as
// values. No frame is written and no broker asked. They die with this process, so its next start places
// them again: the same copy comes back, as it would from a broker, and what took this process down while it ran alone
// is known by that (R16). What a worker that drains has not started goes to the pool's queue.
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Dispatch, Office, Placed, Placement} from '#runtime/runtime.ts';
import type {Host, Inlet, Offer} from '#worker/inlet.ts';
import type {HomeLine} from '#worker/job.ts';
import type {Packer} from './pack.ts';
import {itemOf} from './post.ts';

type Parts = Pick<Office, 'home' | 'reports' | 'over'> & {
	readonly inlet: Inlet;
	readonly packer: Packer;
	/** Where what the worker gives back goes. */
	readonly pull: Dispatch;
};

/** How long a home that could not take an outcome is left alone. */
const againMs = 200;

export function createLocal(ambient: Ambient, parts: Parts): Dispatch {
	const {home, inlet, packer, pull} = parts;
	const inHand = new Map<string, number>();
	const host: Host = {line: lineTo(ambient, parts), most: version => packer.capacity(version)};

	const offerOf = (placement: Placement, placed: Placed): Offer => {
		const {id: task, attempt, class: priority} = placement.row;
		return {
			...{item: itemOf(placement), input: placement.input, class: priority},
			copy: `${home}.local.${task}.${attempt}`,
			over(fate) {
				if (inHand.get(task) === attempt) inHand.delete(task);
				if (fate === 'returned') pull.place([placement], (_, to) => placed(placement, to));
			},
		};
	};
	const holds = (task: string, attempt: number) => inHand.get(task) === attempt;
	return {
		place(placements, placed) {
			const offers: Offer[] = [];
			for (const placement of placements) {
				const {id, attempt} = placement.row;
				// Here memory is certain: who has it will say how it ended, and needs no second copy.
				if (!holds(id, attempt)) offers.push(offerOf(placement, placed));
				inHand.set(id, attempt);
				placed(placement, inlet.worker);
			}
			inlet.offer(offers, host);
		},
		measured: (version, runMs) => packer.measured(version, runMs),
		holds,
		outlives: () => false,
	};
}

/** The home in this process, as its worker speaks to it. */
function lineTo({clock}: Ambient, {inlet, reports, over}: Parts): HomeLine {
	return {
		async report(outcome) {
			// What the store can't take now it takes later, as with a message that comes again.
			while (!(await new Promise<boolean>(taken => reports.outcome(outcome, taken)))) {
				if (over.aborted) return;
				await pause(clock, againMs, over);
			}
		},
		// Without an answer it goes to the queue, where a claim is asked again and again (R22).
		ask: claim => reports.claim({...claim, worker: inlet.worker}),
	};
}
