// `acted_through` (DESIGN §3.8): every commit of a home has a number; once all effects of all commits
// up to n are done and confirmed, the next commit also writes n into the home's row. After a crash
// only what came later is acted again. It may lag behind (effects are then repeated, marked `again`);
// it must never run ahead, or an effect is lost.

export type Watermark = {
	/** The effects of all commits up to here are done and confirmed. */
	readonly actedThrough: number;
	/** A commit was made: until `release` is called as often as `holds` says, the mark stays below it. */
	committed(seq: number, holds: number): void;
	/** One effect of the commit is done. */
	release(seq: number): void;
	/**
	 * A commit may have been made (R6): holds the mark below the number it would have had, and gives
	 * that number. What its rows owe is held under it too.
	 */
	doubt(holds: number): number;
};

/** @param actedThrough what the store knew at the start; `seq` the last commit's number then */
export function createWatermark(actedThrough: number, seq: number): Watermark {
	// Open holds by commit, in the order of the commits (a Map keeps the order of insertion).
	const open = new Map<number, number>();
	let last = seq;
	let mark = actedThrough;

	// What happened between the stored mark and the last commit is redone at the start, as one hold.
	if (actedThrough < seq) open.set(actedThrough + 1, 1);

	const advance = () => {
		const first = open.keys().next();
		mark = first.done ? last : first.value - 1;
	};
	return {
		get actedThrough() {
			return mark;
		},
		committed(number, holds) {
			last = Math.max(last, number);
			if (holds > 0) open.set(number, (open.get(number) ?? 0) + holds);
			advance();
		},
		doubt(holds) {
			const number = last + 1;
			open.set(number, (open.get(number) ?? 0) + holds);
			advance();
			return number;
		},
		release(number) {
			const left = (open.get(number) ?? 0) - 1;
			if (left > 0) open.set(number, left);
			else open.delete(number);
			advance();
		},
	};
}

/** The number under which the redo at the start is held. */
export const redoSeq = (actedThrough: number): number => actedThrough + 1;
