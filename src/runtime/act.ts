import type {TaskEffect, TaskState} from '#actors/task.ts';
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import {type Store, StoreTrouble, type TaskRow} from '#store/store.ts';
import type {InFlight} from './inFlight.ts';
import type {Reports} from './reports.ts';
import type {Dispatch, Outlet} from './runtime.ts';
import {createSupply, type Order} from './supply.ts';
import type {Waiters} from './waiters.ts';
import type {Watermark} from './watermark.ts';
import {endWithoutInput} from './withoutInput.ts';

/** Carries out what a commit owes to the world, and tells the watermark when it is done. */
export type Acts = {
	/**
	 * @param seq the commit under which the effects are held
	 * @param given what the letter brought along and need not be read again
	 */
	act(seq: number, row: TaskRow, effects: readonly TaskEffect[], given?: Given): void;
	/** Tells the states that were entered. */
	announce(row: TaskRow, path: readonly TaskState[]): void;
	/** Hands the dispatches of the batch over, so that they can travel together. */
	flush(): void;
	/** It waits in this process for its input or to be sent, or is in the hands of the worker there. */
	holds(task: string, attempt: number): boolean;
};

export type Given = {
	readonly input?: Buffer | undefined;
	readonly result?: Buffer | undefined;
	/** What is dispatched goes straight to a live worker. */
	readonly straight?: boolean | undefined;
};

type Parts = {
	readonly store: Store;
	readonly dispatch: Dispatch;
	readonly outlet: Outlet;
	readonly waiters: Waiters;
	readonly watermark: Watermark;
	readonly inFlight: InFlight;
	readonly reports: Pick<Reports, 'outcome'>;
	/** Aborted: the home decides nothing any more. */
	readonly over: AbortSignal;
};

/** A dispatch that is owed by a commit. */
type Owed = Order & {readonly seq: number; isDone?: boolean};

/** How long to wait before the store is asked again for what it could not give. */
const readAgainMs = 250;

export function createActs(ambient: Ambient, parts: Parts): Acts {
	const {log, clock, metrics} = ambient;
	const {store, dispatch, outlet, waiters, watermark, inFlight, reports, over} = parts;
	let owed: Owed[] = [];

	const hold = (seq: number, row: TaskRow, work: () => Promise<void>, what: string) => {
		watermark.hold(seq, row.id);
		insist(work).then(
			() => watermark.release(seq, row.id),
			// Not released: the next start does it again.
			error => log.error({err: error, task: row.id}, what),
		);
	};
	/** What the store can't give now it gives later. */
	const insist = async (work: () => Promise<void>): Promise<void> => {
		for (;;) {
			try {
				return await work();
			} catch (error) {
				if (!(error instanceof StoreTrouble)) throw error;
				log.warn({err: error}, 'an effect needs the store; trying again');
			}
			await pause(clock, readAgainMs);
		}
	};
	const supply = createSupply<Owed>(ambient, {
		...{store, dispatch, over},
		placed(order, to) {
			inFlight.sent(order.row, to);
			done(order);
		},
		missing(order) {
			done(order);
			endWithoutInput(ambient, reports, order.row);
		},
	});
	const done = (order: Owed) => {
		if (!order.isDone) watermark.release(order.seq);
		order.isDone = true;
	};

	const end = (seq: number, row: TaskRow, given: Given) => {
		waiters.tell({
			task: row.id,
			attempt: row.attempt,
			state: row.state,
			failure: row.failure,
			usage: row.usage,
			result: given.result,
		});
		if (row.replyTo !== null)
			hold(seq, row, () => outlet.reply(row, given.result), 'a reply could not be sent');
	};
	const one = (seq: number, row: TaskRow, effect: TaskEffect, given: Given) => {
		switch (effect.type) {
			case 'dispatch': {
				watermark.hold(seq);
				const {again} = effect.params;
				const {input, straight = false} = given;
				owed.push({row, again, straight, seq, input});
				return;
			}
			case 'bury':
				hold(seq, row, () => outlet.bury(row), 'a dead letter could not be sent');
				return;
			case 'reply':
				end(seq, row, given);
				return;
			case 'stop':
				outlet.stop(row.id, effect.params.attempt);
				return;
			case 'answer':
				return;
		}
	};
	return {
		act(seq, row, effects, given = {}) {
			for (const effect of effects) one(seq, row, effect, given);
		},
		announce(row, path) {
			for (const state of path) {
				metrics.transitions.inc(row.function, state);
				outlet.tell(row, state);
			}
		},
		flush() {
			if (owed.length > 0) supply.place(owed);
			owed = [];
		},
		holds: (task, attempt) => supply.holds(task, attempt) || dispatch.holds(task, attempt),
	};
}
