import type {Placement} from '#runtime/runtime.ts';

/**
 * A process that stood still for so long after its commit may have been taken for dead, and the attempt be
 * dispatched already by who took it up (R20). A third of the shortest lease is more.
 */
const lateMs = 300;

/**
 * How long a publish may wait for the connection. A node gives up its lease once it has been parted for the time
 * of one: what waited longer would be a second copy beside the one of who took the task up, and not say so.
 */
export const patienceOf = (leaseMs: number): number => Math.floor(leaseMs / 3);

/** The same, marked where they come too late to be the first copy for sure. */
export const marked = (placements: readonly Placement[], now: number): readonly Placement[] =>
	placements.map(one => (comesLate(one, now) ? {...one, again: true} : one));

/** One of them is not marked, and would have to be. */
export const isLate = (placements: readonly Placement[], now: number): boolean =>
	placements.some(one => comesLate(one, now));

const comesLate = ({row, again}: Placement, now: number) => !again && row.updatedAt < now - lateMs;
