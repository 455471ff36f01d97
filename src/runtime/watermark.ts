// R7 in its cheaper form, `acted_through` (docs/decisions/0002): every commit of a home has a number; once
// all effects of all commits up to n are done and confirmed, the next commit also writes n into the home's
// row. After a crash only what came later is acted again. It may lag behind (effects are then repeated,
// marked `again`); it must never run ahead, or an effect is lost.

export type Watermark = {
	/** The effects of all commits up to here are done and confirmed. */
	readonly actedThrough: number;
	/** Resolves as soon as every effect is done. */
	settled(): Promise<void>;
	/** Resolves as soon as the effects of this commit, and of all before it, are done. */
	passed(seq: number): Promise<void>;
	/**
	 * A commit begins: gives its number, which is held until the commit is over, and then what it owes is held
	 * under it. Where its result is unknown (R6), its letters hold it until they are settled.
	 */
	begin(): number;
	/** An effect of the commit is under way: until `release`, the mark stays below it. */
	hold(seq: number): void;
	/** One effect of the commit is done. */
	release(seq: number): void;
};

/** @param actedThrough what the store knew at the start; `seq` the greatest number of a commit then */
export function createWatermark(actedThrough: number, seq: number): Watermark {
	// Open holds by number, in the order of the numbers: the first is the one that keeps the mark down.
	let open = new Map<number, number>();
	let newest = 0;
	const waiting: (() => void)[] = [];
	let passing: {seq: number; tell: () => void}[] = [];
	let begun = seq;

	const hold = (number: number, holds: number) => {
		const known = open.get(number) ?? 0;
		open.set(number, known + holds);
		if (known === 0 && number < newest && open.size > 1) open = new Map([...open].sort(([a], [b]) => a - b));
		newest = open.size > 1 ? Math.max(newest, number) : number;
	};
	// What happened between the stored mark and the last commit is redone at the start, as one hold.
	if (actedThrough < seq) hold(redoSeq(actedThrough), 1);

	const markOf = () => {
		const first = open.keys().next();
		return first.done ? begun : first.value - 1;
	};
	return {
		get actedThrough() {
			return markOf();
		},
		passed(number) {
			if (markOf() >= number) return Promise.resolve();
			return new Promise(tell => {
				passing.push({seq: number, tell});
			});
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
		hold: number => hold(number, 1),
		release(number) {
			const left = (open.get(number) ?? 0) - 1;
			if (left > 0) open.set(number, left);
			else open.delete(number);
			if (open.size === 0) for (const tell of waiting.splice(0)) tell();
			if (passing.length === 0) return;
			const mark = markOf();
			for (const one of passing) if (one.seq <= mark) one.tell();
			passing = passing.filter(one => one.seq > mark);
		},
	};
}

/** The number under which the redo at the start is held. */
export const redoSeq = (actedThrough: number): number => actedThrough + 1;
