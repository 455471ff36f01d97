// Who may start: lists of attempts while the executors have room, by weight of their class; an attempt
// that has to run alone (R15) only once nothing runs, and nothing else starts until it is over.
import type {Class} from '#actors/lane.ts';
import {createFairLine} from './fairLine.ts';

export type Slots = {
	/** Resolves to the function that gives the place back, or to undefined when the worker drains first. */
	enter(priority: Class, how?: 'together' | 'alone'): Promise<(() => void) | undefined>;
	/** Nobody enters any more; those who wait are turned away. */
	close(): void;
	readonly inside: number;
	/** How many lists of attempts run at once. */
	readonly most: number;
	readonly closed: boolean;
};

type Turn = {readonly how: 'together' | 'alone'; readonly let: (leave: (() => void) | undefined) => void};

export function createSlots(most: number): Slots {
	const line = createFairLine<Turn>();
	/** It is its turn, and it waits until nothing runs: those behind wait too, so it is never starved. */
	let first: Turn | undefined;
	let inside = 0;
	let alone = false;
	let closed = false;

	const next = () => {
		// Whose turn it is, is only asked when there is room: who comes meanwhile may be more urgent.
		while (!alone && inside < most) {
			first ??= line.take();
			if (!first || (first.how === 'alone' && inside > 0)) return;
			const turn = first;
			first = undefined;
			inside++;
			alone = turn.how === 'alone';
			turn.let(leaver());
		}
	};
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
		enter(priority, how = 'together') {
			if (closed) return Promise.resolve(undefined);
			return new Promise(resolve => {
				line.push(priority, {how, let: resolve});
				next();
			});
		},
		close() {
			closed = true;
			first?.let(undefined);
			first = undefined;
			for (const turn of line.clear()) turn.let(undefined);
		},
		get inside() {
			return inside;
		},
		most,
		get closed() {
			return closed;
		},
	};
}
