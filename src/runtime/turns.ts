import {type Lane, laneName, weights} from '#actors/lane.ts';

/**
 * To which lane the next free places of a function belong, where tasks of it wait in several: each gets as
 * many as its class weighs (stride scheduling), so that none starves and the most urgent waits least.
 */
export type Turns = {
	/** Undefined: there is none to choose from. */
	next(fn: string, lanes: readonly Lane[]): Lane | undefined;
	took(fn: string, lane: Lane): void;
};

/** The virtual times of the lanes' next turns. Whoever was not there saves up nothing for later. */
type Line = {now: number; readonly due: Map<string, number>};

const stride = (lane: Lane) => 1 / weights[lane.class];

export function createTurns(): Turns {
	const lines = new Map<string, Line>();
	const lineOf = (fn: string): Line => {
		const line = lines.get(fn) ?? {now: 0, due: new Map()};
		lines.set(fn, line);
		return line;
	};
	/** When a lane's next turn is; it keeps that until it has it. */
	const dueOf = ({now, due}: Line, lane: Lane): number => {
		const name = laneName(lane);
		const at = Math.max(now, due.get(name) ?? now + stride(lane));
		due.set(name, at);
		return at;
	};
	return {
		next(fn, lanes) {
			const [first, ...others] = lanes;
			if (!first || others.length === 0) return first;
			const line = lineOf(fn);
			const isBefore = (a: Lane, b: Lane) => {
				const sooner = dueOf(line, a) - dueOf(line, b);
				return sooner === 0 ? stride(a) < stride(b) : sooner < 0;
			};
			return others.reduce((a, b) => (isBefore(b, a) ? b : a), first);
		},
		took(fn, lane) {
			const line = lineOf(fn);
			line.now = dueOf(line, lane);
			line.due.set(laneName(lane), line.now + stride(lane));
		},
	};
}
