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
	/** Offers so many items of its count and no more; resolves when they were taken, or all that there will be. */
	reach(count: number): Promise<void>;
	/**
	 * For a blow, beyond its count: offers a surge now, and a few more that rest again and again until what
	 * it returns is called.
	 */
	press(): () => void;
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
	/** How many items a blow begins with. */
	readonly surge: number;
	/** How long a task rests at most beside its work, ms. */
	readonly restMs: number;
};

/** Since when there is to be work for a blow, and how many items were drawn for it. */
type Pressed = {readonly since: number; drawn: number};

const againMs = 100;
/** While a blow lasts: some are open at any moment, and less is offered than one worker can do. */
const drip = {items: 3, everyMs: 100, restMs: 200};

export function produce({client, doors, dice, count, pace, stuckMs}: ProducerOptions): Producer {
	const {batch, mostOpen, surge, restMs} = pace;
	const ids = new Map<number, string | undefined>();
	const items: Item[] = [];
	const waiting: {readonly count: number; readonly tell: () => void}[] = [];
	let limit = count ?? Number.POSITIVE_INFINITY;
	// Until somebody says how far it may go, what has no end goes on and what has one waits.
	let allowed = count === undefined ? Number.POSITIVE_INFINITY : 0;
	/** Items of the count that were drawn; those for blows come on top. */
	let drawn = 0;
	let pressed: Pressed | undefined;
	let isStuck = false;
	let repeats = 0;
	let door = 0;

	const tell = (over: boolean) => {
		for (const one of waiting.splice(0)) {
			if (over || drawn >= one.count) one.tell();
			else waiting.push(one);
		}
	};
	const offer = async (list: readonly Item[]): Promise<void> => {
		for (let left = list; left.length > 0; ) {
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
		isStuck = true;
	};
	/** The items that are due now. */
	const draw = (): Item[] => {
		const plain = Math.max(0, Math.min(limit, allowed) - drawn);
		const surging = pressed ? Math.max(0, surge - pressed.drawn) : 0;
		const due = plain || surging || (pressed ? owed(pressed) : 0);
		const count = Math.min(batch, due);
		if (plain > 0) drawn += count;
		else if (pressed) pressed.drawn += count;
		const rests = plain === 0 && surging === 0;
		const first = items.length;
		return Array.from({length: count}, (_, at) =>
			itemOf(first + at, dice, rests ? Math.max(restMs, drip.restMs) : restMs),
		);
	};
	const owed = ({since, drawn}: Pressed): number =>
		surge + Math.floor((performance.now() - since) / drip.everyMs) * drip.items - drawn;
	const run = async (): Promise<void> => {
		while (!isStuck && (drawn < limit || allowed < limit || pressed)) {
			const list = draw();
			items.push(...list);
			await offer(list);
			tell(false);
			await (list.length > 0 ? room() : delay(againMs / 4));
		}
	};
	const done = run().finally(() => tell(true));
	return {
		ids,
		items,
		get repeats() {
			return repeats;
		},
		async reach(wanted) {
			allowed = wanted;
			const taken = new Promise<void>(resolve => waiting.push({count: wanted, tell: resolve}));
			await Promise.race([taken, done]);
		},
		press() {
			const mine = {since: performance.now(), drawn: 0};
			pressed = mine;
			return () => {
				if (pressed === mine) pressed = undefined;
			};
		},
		finish() {
			limit = drawn;
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
