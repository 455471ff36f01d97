import type {Placement} from '#runtime/runtime.ts';

/**
 * A process that stood still for so long after its commit may have been taken for dead, and the attempt be
 * dispatched already by who took it up (R20). A third of the shortest lease is more.
 */
const lateMs = 300;

/** The same, marked where they come too late to be the first copy for sure. */
export const marked = (placements: readonly Placement[], now: number): readonly Placement[] =>
	placements.map(one => (one.row.updatedAt < now - lateMs && !one.again ? {...one, again: true} : one));
