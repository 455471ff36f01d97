// A step is a fact that can happen next, named in words, so that a trace can be read.
import type {FaultName, Model} from './model.ts';
import type {World} from './world.ts';

export type Step = {
	readonly name: string;
	readonly who: string;
	/** What it is about: a task, a queue, a timer. */
	readonly what: string;
	/** Which event or delivery in its hands, and which item of it. */
	readonly i: number;
	readonly j: number;
	/** A fault takes one of its kind from the configuration's budget. */
	readonly fault: FaultName | '';
};

export type Moves = Readonly<Record<string, (m: Model, w: World, step: Step) => void>>;

const step = (name: string, who: string, what = '', i = 0, j = 0): Step => ({
	name,
	who,
	what,
	i,
	j,
	fault: '',
});

/** Collects what can happen; faults only while there are any left. */
export class Menu {
	readonly steps: Step[] = [];
	readonly #faults: Record<string, number>;
	readonly #calm: boolean;

	constructor(w: World, calm: boolean) {
		this.#faults = w.faults;
		this.#calm = calm;
	}

	add(name: string, who: string, what = '', i = 0, j = 0): void {
		this.steps.push(step(name, who, what, i, j));
	}

	fault(fault: FaultName, name: string, who: string, what = '', i = 0): void {
		if (this.#calm || !this.#faults[fault]) return;
		this.steps.push({name, who, what, i, j: 0, fault});
	}
}

export const inWords = ({fault, who, name, what}: Step): string =>
	[fault ? '⚡' : '', who, name, what].filter(Boolean).join(' ');

/** The same step, wherever it stands in the lists now. */
export const isSame = (a: Step, b: Step): boolean =>
	a.name === b.name && a.who === b.who && a.what === b.what && a.fault === b.fault;
