// Whoever has work: offers it in batches, and offers a batch again, under the same keys, until each of its
// items has a receipt. Keeps a bounded number of tasks open, so that a blow meets work in every stage.
import {setTimeout as delay} from 'node:timers/promises';
import type {Client} from '#client/client.ts';
import type {Dice} from './dice.ts';
import {type Item, itemOf, loadFunction} from './work.ts';

export type Producer = {
	/** The task of each item that has a receipt. */
	readonly ids: ReadonlyMap<number, string>;
	readonly items: readonly Item[];
	/** Batches that had to be offered again. */
	readonly repeats: number;
	/** Resolves when so many items have receipts, or all that there will be. */
	reached(count: number): Promise<void>;
	/** Offers no further item. */
	finish(): void;
	/** Resolves when all items have receipts. @throws Error when a receipt contradicts an earlier one */
	readonly done: Promise<void>;
};

export type ProducerOptions = {
	readonly client: Client;
	readonly dice: Dice;
	/** How many items; without end until `finish` where it is left out. */
	readonly count?: number;
	readonly batch: number;
	/** No new batch is offered while so many tasks are open. */
	readonly mostOpen: number;
	/** When nothing has moved for so long, ms, it offers no more: the verdict will tell what is stuck. */
	readonly stuckMs: number;
};

const againMs = 100;

export function produce({client, dice, count, batch, mostOpen, stuckMs}: ProducerOptions): Producer {
	const ids = new Map<number, string>();
	const items: Item[] = [];
	const waiting: {readonly count: number; readonly tell: () => void}[] = [];
	let limit = count ?? Number.POSITIVE_INFINITY;
	let repeats = 0;

	const tell = (over: boolean) => {
		for (const one of waiting.splice(0)) {
			if (over || ids.size >= one.count) one.tell();
			else waiting.push(one);
		}
	};
	const offer = async (list: readonly Item[]): Promise<void> => {
		for (let left = list; left.length > 0; ) {
			try {
				left = await offerOnce(client, left, ids);
			} catch (error) {
				if (error instanceof Contradiction) throw error;
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
			const first = items.length;
			const size = Math.min(batch, limit - first);
			const list = Array.from({length: size}, (_, at) => itemOf(first + at, dice));
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
		finish() {
			limit = items.length;
		},
		done,
	};
}

/** The same key was answered with two tasks: something was lost, or done twice. */
class Contradiction extends Error {}

/** Resolves to the items that were refused, to be offered again. */
async function offerOnce(client: Client, list: readonly Item[], ids: Map<number, string>): Promise<Item[]> {
	const refused: Item[] = [];
	let at = 0;
	for await (const answer of client.submitMany(loadFunction, list)) {
		const item = list[at++] as Item;
		const {n} = item.input;
		if (!answer.ok) {
			if (!answer.failure.retryable)
				throw new Contradiction(`Item ${n} was refused: ${answer.failure.message}`);
			refused.push(item);
			continue;
		}
		const known = ids.get(n);
		if (known !== undefined && known !== answer.receipt.task) {
			throw new Contradiction(`Item ${n} was task ${known} and is now ${answer.receipt.task}`);
		}
		ids.set(n, answer.receipt.task);
	}
	return refused;
}
