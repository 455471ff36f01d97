// R7 in its cheaper form, `acted_through` (docs/decisions/0002): every commit of a home has a number; once
// all effects of all commits up to n are done and confirmed, the next commit also writes n into the home's
// row. After a crash only what came later is acted again. It may lag behind (effects are then repeated,
// marked `again`); it must never run ahead, or an effect is lost.

import type {Ambient} from '#observe/observe.ts';

export type Watermark = {
	/** The effects of all commits up to here are done and confirmed. */
	readonly actedThrough: number;
	/** How many commits are after it, and how old the first of them is, ms. */
	readonly owing: {readonly commits: number; readonly forMs: number};
	/** Resolves as soon as every effect is done. */
	settled(): Promise<void>;
	/**
	 * Resolves once it is worth asking again; undefined: what the last commit of this row of ours had to tell is
	 * told, whatever else is open (A8). To be asked while no commit of the task is in progress.
	 */
	readonly untold: (row: Row) => Promise<void> | undefined;
	/**
	 * A commit begins: gives its number, which is held until the commit is over, and then what it owes is held
	 * under it. Where its result is unknown (R6), its letters hold it until they are settled.
	 */
	begin(): number;
	/**
	 * An effect of the commit is under way: until `release`, the mark stays below it.
	 * @param task whose end it tells, or may turn out to have to tell
	 */
	hold(seq: number, task?: string): void;
	/** One effect of the commit is done. */
	release(seq: number, task?: string): void;
	/** All that the last life left undone is held by now. */
	listed(): void;
};

type Row = {readonly id: string; readonly seq: number};

/** @param actedThrough what the store knew at the start; `seq` the greatest number of a commit then */
export function createWatermark(
	{clock}: Pick<Ambient, 'clock'>,
	actedThrough: number,
	seq: number,
): Watermark {
	// Open holds by number, in the order of the numbers: the first is the one that keeps the mark down.
	let open = new Map<number, {holds: number; readonly since: number}>();
	let newest = 0;
	const waiting: (() => void)[] = [];
	// By task: the number under which an end is held may be that of an earlier commit in doubt, or of the redo.
	const ends = new Map<string, number>();
	const asked = new Map<string, PromiseWithResolvers<void>>();
	let isListed = actedThrough >= seq;
	let begun = seq;

	const hold = (number: number, holds: number) => {
		const known = open.get(number);
		if (known) {
			known.holds += holds;
			return;
		}
		open.set(number, {holds, since: clock.now()});
		if (number < newest && open.size > 1) open = new Map([...open].sort(([a], [b]) => a - b));
		newest = open.size > 1 ? Math.max(newest, number) : number;
	};
	// What happened between the stored mark and the last commit is redone at the start, as one hold.
	if (actedThrough < seq) hold(redoSeq(actedThrough), 1);

	const answer = (task: string) => {
		if (ends.has(task)) return;
		asked.get(task)?.resolve();
		asked.delete(task);
	};
	const told = (task: string) => {
		const left = (ends.get(task) ?? 0) - 1;
		if (left > 0) ends.set(task, left);
		else ends.delete(task);
		answer(task);
	};
	const markOf = () => {
		const first = open.keys().next();
		return first.done ? begun : first.value - 1;
	};
	return {
		get actedThrough() {
			return markOf();
		},
		get owing() {
			const [first] = open.values();
			return {commits: begun - markOf(), forMs: first ? clock.now() - first.since : 0};
		},
		untold({id, seq: number}) {
			const isLeft = !isListed && number > actedThrough && number <= seq;
			if (!isLeft && !ends.has(id)) return undefined;
			const known = asked.get(id) ?? Promise.withResolvers<void>();
			asked.set(id, known);
			return known.promise;
		},
		settled() {
			if (open.size === 0) return Promise.resolve();
			return new Promise(resolve => {
				waiting.push(resolve);
			});
		},
		begin() {
			hold(++begun, 1);
			return begun;
		},
		hold(number, task) {
			if (task !== undefined) ends.set(task, (ends.get(task) ?? 0) + 1);
			hold(number, 1);
		},
		release(number, task) {
			const known = open.get(number);
			if (known && --known.holds <= 0) open.delete(number);
			if (open.size === 0) for (const tell of waiting.splice(0)) tell();
			if (task !== undefined) told(task);
		},
		listed() {
			isListed = true;
			for (const task of asked.keys()) answer(task);
		},
	};
}

/** The number under which the redo at the start is held. */
export const redoSeq = (actedThrough: number): number => actedThrough + 1;
