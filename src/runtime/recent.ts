import type {Clock} from '#lib/clock.ts';

/** What was learned lately, by name: of so many, each for so long after it was said last. */
export type Recent<V> = {
	get(name: string): V | undefined;
	set(name: string, value: V): void;
	delete(name: string): void;
};

type Bounds = {readonly most: number; readonly ageMs: number};

export function createRecent<V>(clock: Clock, {most, ageMs}: Bounds): Recent<V> {
	// In the order in which they were said last: the first is forgotten for the next.
	const known = new Map<string, {readonly value: V; readonly at: number}>();
	return {
		get(name) {
			const one = known.get(name);
			return one && clock.now() - one.at < ageMs ? one.value : undefined;
		},
		set(name, value) {
			known.delete(name);
			known.set(name, {value, at: clock.now()});
			if (known.size > most) known.delete(known.keys().next().value as string);
		},
		delete: name => void known.delete(name),
	};
}
