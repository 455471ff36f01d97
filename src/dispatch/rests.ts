import type {Clock} from '#lib/clock.ts';

/** What is left alone for a while, by name. */
export type Rests = {
	begin(name: string): void;
	has(name: string): boolean;
};

export function createRests(clock: Clock, forMs: number): Rests {
	const until = new Map<string, number>();
	const has = (name: string) => (until.get(name) ?? 0) > clock.now();
	return {
		begin(name) {
			until.set(name, clock.now() + forMs);
			for (const other of until.keys()) if (!has(other)) until.delete(other);
		},
		has,
	};
}
