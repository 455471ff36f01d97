import type {Placement} from '#runtime/runtime.ts';

/** Sorts attempts into lists that travel together. */
export type Packer = {
	pack(placements: readonly Placement[]): Placement[][];
	/** How many of a version may be in one list. */
	capacity(version: string): number;
	measured(version: string, runMs: number): void;
};

/** Ten milliseconds of expected work: the most that an attempt waits for its pack. */
const expectedMs = 10;
/** 8 to 64 attempts won in the measurements; more gained nothing. */
const mostItems = 64;
/** A pack crosses the broker as one message: past this, one big frame delays its neighbours. */
const mostBytes = 256 * 1024;
/** The weight of the newest measurement in the moving mean. */
const weight = 0.1;
/** No attempt is free: below this, measuring says more about the clock than about the function. */
const leastMs = 0.05;
/** Versions whose mean is kept; the oldest are forgotten and travel alone again. */
const mostVersions = 10_000;

export function createPacker(): Packer {
	const means = new Map<string, number>();

	const capacity = (version: string) => {
		const mean = means.get(version);
		// An unknown function travels alone: it may run for minutes.
		return mean === undefined ? 1 : Math.min(mostItems, Math.max(1, Math.floor(expectedMs / mean)));
	};
	const open = (packs: Placement[][], {row, input}: Placement, held: Map<string, Held>) => {
		const name = `${row.pool} ${row.class} ${row.version}`;
		const last = held.get(name);
		if (last && last.pack.length < last.most && last.bytes + input.length <= mostBytes) return last;
		const fresh = {pack: [], most: capacity(row.version), bytes: 0};
		packs.push(fresh.pack);
		held.set(name, fresh);
		return fresh;
	};
	return {
		pack(placements) {
			const packs: Placement[][] = [];
			const held = new Map<string, Held>();
			for (const placement of placements) {
				// R9: what may have been published before travels alone, so that it can be claimed alone. A chunk is a
				// list by itself.
				if (placement.again || placement.row.chunk !== null) {
					packs.push([placement]);
					continue;
				}
				const into = open(packs, placement, held);
				into.pack.push(placement);
				into.bytes += placement.input.length;
			}
			return packs;
		},
		capacity,
		measured(version, runMs) {
			const mean = means.get(version);
			const ms = Math.max(leastMs, runMs);
			means.set(version, mean === undefined ? ms : mean + (ms - mean) * weight);
			if (means.size > mostVersions) means.delete(means.keys().next().value as string);
		},
	};
}

type Held = {readonly pack: Placement[]; readonly most: number; bytes: number};
