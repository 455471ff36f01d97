// The backlog lives in the store; the broker holds a bounded number of attempts of this home. That
// keeps pause, cancel and a million queued tasks cheap, and survives a broker's alarm.
import type {Task} from '#actors/task.ts';

/** How much of this home's work is in the broker, and how much waits in the store. */
export type Window = {
	/** Room for one more, and nobody older waits for it. */
	readonly room: boolean;
	/** A decision of the batch in hand takes a place, if its commit succeeds. */
	reserve(): void;
	/** The batch in hand is over: what it really took came by `applied`. */
	release(): void;
	/** A commit turned one row into another. */
	applied(was: Task | undefined, now: Task): void;
	/** What the store holds, when some commit's result was not known. */
	recount(held: {placed: number; backlog: number}): void;
	readonly placed: number;
	readonly backlog: number;
	/** How many of the backlog to place now; a slice at a time, so that each is one commit. */
	readonly wanted: number;
};

const isPlaced = (task: Task | undefined) => (task?.placed ? 1 : 0);
const isWaiting = (task: Task | undefined) => (task?.state === 'queued' && !task.placed ? 1 : 0);

/**
 * @param size attempts
 * @param start what the store holds at the start
 */
export function createWindow(size: number, start: {placed: number; backlog: number}): Window {
	let {placed, backlog} = start;
	let reserved = 0;
	const slice = Math.max(1, Math.floor(size / 4));
	return {
		get room() {
			return backlog === 0 && placed + reserved < size;
		},
		reserve() {
			reserved++;
		},
		release() {
			reserved = 0;
		},
		applied(was, now) {
			placed += isPlaced(now) - isPlaced(was);
			backlog += isWaiting(now) - isWaiting(was);
		},
		recount(held) {
			({placed, backlog} = held);
		},
		get placed() {
			return placed;
		},
		get backlog() {
			return backlog;
		},
		get wanted() {
			const room = Math.min(size - placed, backlog);
			return room > 0 && room >= Math.min(slice, backlog) ? room : 0;
		},
	};
}
