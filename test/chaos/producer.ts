// Whoever has work: offers it in batches, and offers a batch again, under the same keys, until each of its
// items has a receipt. Keeps a bounded number of tasks open, so that a blow meets work in every stage.
import {setTimeout as delay} from 'node:timers/promises';
import type {Client} from '#client/client.ts';
import type {Dice} from './dice.ts';
import {type Offer, Refused} from './doors.ts';
import {type Item, itemOf} from './work.ts';

export type Producer = {
	/** The task of each item that was taken; undefined where the door gives no receipt. */
	readonly ids: ReadonlyMap<number, string | undefined>;
	readonly items: readonly Item[];
	/** Batches that had to be offered again. */
	readonly repeats: number;
	/** Resolves when so many items were taken, or all that there will be. */
	reached(count: number): Promise<void>;
	/** Offers so many items and no more until it is called again. */
	allow(count: number): void;
	/** Offers no further item. */
	finish(): void;
	/** Resolves when all items were taken. @throws Error when a receipt contradicts an earlier one */
	readonly done: Promise<void>;
};

export type ProducerOptions = {
	readonly client: Client;
	/** Each batch goes to the next of them. */
	readonly doors: readonly Offer[];
	readonly dice: Dice;
	/** How many items; without end until `finish` where it is left out. */
	readonly count?: number;
	readonly pace: Pace;
	/** When nothing has moved for so long, ms, it offers no more: the verdict will tell what is stuck. */
	readonly stuckMs: number;
};

export type Pace = {
	readonly batch: number;
	/** No new batch is offered while so many tasks are open. */
	readonly mostOpen: number;
	/** How many items are offered while the next blow is waited for, beyond its moment. */
	readonly ahead: number;
	/** How long a task rests at most beside its work, ms. */
	readonly restMs: number;
};

const againMs = 100;

export function produce({client, doors, dice, count, pace, stuckMs}: ProducerOptions): Producer {
	const {batch, mostOpen, restMs} = pace;
	const ids = new Map<number, string | undefined>();
	const items: Item[] = [];
	const waiting: {readonly count: number; readonly tell: () => void}[] = [];
	let limit = count ?? Number.POSITIVE_INFINITY;
	let allowed = Number.POSITIVE_INFINITY;
	let repeats = 0;
	let door = 0;

	const tell = (over: boolean) => {
		for (const one of waiting.splice(0)) {
			if (over || ids.size >= one.count) one.tell();
			else waiting.push(one);
		}
	};
	const offer = async (list: readonly Item[]): Promise<void> => {
		for (let left = list; ; ) {
			try {
				const {taken, refused} = await (doors[door++ % doors.length] as Offer)(left);
				for (const [n, id] of taken) note(ids, n, id);
				left = refused;
			} catch (error) {
				if (error instanceof Refused) throw error;
			}
			if (left.length === 0) return;
			repeats += 1;
			await delay(againMs);
		}
	};
	const room = async (): Promise<void> => {
		let seen = '';
		for (let since = performance.now(); performance.now() - since < stuckMs; ) {
			const ledger = await client.status().then(
				status => status.ledger,
				() => undefined,
			);
			const open = ledger ? ledger.waiting + ledger.running : mostOpen;
			if (open < mostOpen) return;
			const text = JSON.stringify({...ledger, waiting: open, running: 0});
			if (text !== seen) since = performance.now();
			seen = text;
			await delay(againMs / 2);
		}
		limit = items.length;
	};
	const run = async (): Promise<void> => {
		while (items.length < limit) {
			while (items.length >= allowed && items.length < limit) await delay(againMs / 4);
			const first = items.length;
			const size = Math.min(batch, limit - first);
			const list = Array.from({length: size}, (_, at) => itemOf(first + at, dice, restMs));
			items.push(...list);
			await offer(list);
			tell(false);
			await room();
		}
	};
	const done = run().finally(() => tell(true));
	return {
		ids,
		items,
		get repeats() {
			return repeats;
		},
		reached: wanted =>
			ids.size >= wanted
				? Promise.resolve()
				: new Promise(resolve => waiting.push({count: wanted, tell: resolve})),
		allow(most) {
			allowed = most;
		},
		finish() {
			limit = items.length;
		},
		done,
	};
}

function note(ids: Map<number, string | undefined>, n: number, id: string | undefined): void {
	const known = ids.get(n);
	// Something was lost, or done twice.
	if (known && id && known !== id) throw new Refused(`Item ${n} was task ${known} and is now ${id}`);
	ids.set(n, id ?? known);
}
