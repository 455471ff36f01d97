// Durable timers: rows of the store, read when they are due and given to their tasks as letters. The
// commit that makes the transition deletes the timer (R18), so a crash in between only fires it again.
import {type TaskEvent, timersOf} from '#actors/task.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store, TaskRow, Timer} from '#store/store.ts';
import type {Letter, Settled, World} from './letter.ts';

export type Timers = {
	/** A timer was set for then. */
	note(at: number): void;
	/** Those of a row that was committed are set. */
	committed(row: TaskRow): void;
	/** Looks in the store when the next is due: also of what another home has left. @throws StoreTrouble */
	look(): Promise<void>;
	stop(): void;
};

const sliceMost = 500;
/** How long to wait after the store could not be read. */
const retryMs = 1000;
/** How long another home's timer may be due before it is looked at again: our own next one may be that late then. */
const othersMs = 250;

/** @param home whose timers are fired here, where the store is shared */
export function createTimers(
	{log, clock}: Ambient,
	store: Store,
	home: string,
	tell: (letter: Letter) => void,
): Timers {
	let next = Number.POSITIVE_INFINITY;
	let callOff = () => {};
	let firing = false;
	let stopped = false;

	const arm = (at: number) => {
		if (at >= next || stopped) return;
		next = at;
		callOff();
		callOff = clock.after(Math.max(0, at - clock.now()), () => void fire());
	};
	const fire = async (): Promise<void> => {
		if (firing || stopped) return;
		firing = true;
		next = Number.POSITIVE_INFINITY;
		try {
			const due = await store.due(clock.now(), sliceMost, store.shared ? home : undefined);
			await Promise.all(due.map(timer => deliver(timer, tell)));
			const at = await store.nextDue();
			// The next one may be another home's, who fires it; or it does not.
			if (at !== undefined) arm(due.length > 0 || !store.shared ? at : Math.max(at, clock.now() + othersMs));
		} catch (error) {
			log.error({err: error}, 'timers could not be read; trying again');
			arm(clock.now() + retryMs);
		}
		firing = false;
		// A timer noted meanwhile may have called in vain.
		if (next <= clock.now()) void fire();
	};
	return {
		note: arm,
		committed({dueAt, state, endedAt, expiresAt, deadline}) {
			if (dueAt !== null && state === 'retrying') arm(dueAt);
			if (endedAt !== null) return;
			if (expiresAt !== null) arm(expiresAt);
			if (deadline !== null) arm(deadline);
		},
		async look() {
			const at = await store.nextDue();
			if (at !== undefined) arm(at);
		},
		stop() {
			stopped = true;
			callOff();
		},
	};
}

/** Gives it to its task, which may have it or not; one that fits no more is deleted. */
export async function deliver(timer: Timer, tell: (letter: Letter) => void): Promise<void> {
	const settled = await new Promise<Settled>(settle =>
		tell({
			kind: 'event',
			name: timer.kind,
			task: timer.task,
			read: (row, world) => readTimer(timer, row, world),
			settle,
		}),
	);
	// It fits no more; that was seen on a fresh read (R4, R18).
	if (settled.how !== 'passed') return;
	await new Promise<Settled>(settle =>
		tell({kind: 'direct', actor: timer.task, change: {kind: 'tidy', timer}, settle}),
	);
}

/** A timer fits only if the row as it was just read still has it: timers follow from rows. */
function readTimer(timer: Timer, row: TaskRow, world: World): readonly TaskEvent[] | undefined {
	if (!timersOf(row).some(({kind, at}) => kind === timer.kind && at === timer.at)) return undefined;
	const {now} = world;
	switch (timer.kind) {
		case 'retry':
			return [{type: 'retry', at: now, attempt: timer.attempt, room: world.room(row)}];
		case 'expire':
			// Expired means never started: the roster knows what runs.
			return [{type: 'expire', at: now, started: world.ran(row.id, row.attempt) !== undefined}];
		case 'deadline':
			return [{type: 'deadline', at: now, ran: world.ran(row.id, row.attempt) ?? null}];
	}
}
