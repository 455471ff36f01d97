// Who may start: lists of attempts while the executors have room; an attempt that has to run alone
// (R15) only once nothing runs, and nothing else starts until it is over.

export type Slots = {
	/** Resolves to the function that gives the place back, or to undefined when the worker drains first. */
	enter(how?: 'together' | 'alone'): Promise<(() => void) | undefined>;
	/** Nobody enters any more; those who wait are turned away. */
	close(): void;
	readonly inside: number;
};

type Turn = {readonly how: 'together' | 'alone'; readonly let: (leave: (() => void) | undefined) => void};

/** @param most how many lists of attempts the executors run at once */
export function createSlots(most: number): Slots {
	const waiting: Turn[] = [];
	let inside = 0;
	let alone = false;
	let closed = false;

	const next = () => {
		for (let turn = waiting[0]; turn && mayEnter(turn); turn = waiting[0]) {
			waiting.shift();
			inside++;
			alone = turn.how === 'alone';
			turn.let(leaver());
		}
	};
	// Whoever wants to be alone is served in turn too: those behind wait, so it is never starved.
	const mayEnter = (turn: Turn) => !alone && (turn.how === 'alone' ? inside === 0 : inside < most);
	const leaver = () => {
		let left = false;
		return () => {
			if (left) return;
			left = true;
			alone = false;
			inside--;
			next();
		};
	};
	return {
		enter(how = 'together') {
			if (closed) return Promise.resolve(undefined);
			return new Promise(resolve => {
				waiting.push({how, let: resolve});
				next();
			});
		},
		close() {
			closed = true;
			for (const turn of waiting.splice(0)) turn.let(undefined);
		},
		get inside() {
			return inside;
		},
	};
}
