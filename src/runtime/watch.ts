// Where several nodes share a store, the end of a task may be another node's commit: it was asked to
// cancel it, or took its home for dead. Whoever waits for it here is told by looking: at once where a hint
// names it, and again and again because hints may be lost.
import {isTerminal} from '#actors/task.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store} from '#store/store.ts';
import type {Waiters} from './waiters.ts';

type Parts = {
	readonly store: Store;
	readonly waiters: Waiters;
	/** Its end most likely comes by this node's own commit. */
	readonly isOurs: (task: string) => boolean;
	readonly over: AbortSignal;
};

const lookMs = 250;
/** Every so many looks also at those whose end most likely comes by ourselves. */
const thorough = 8;
/** Rows that are read at one look, at most: the others have their turn later. */
const mostRows = 500;

export type Watch = {
	/** These may have ended, or any of them. */
	hear(ends: readonly string[] | 'many'): void;
};

export function watchWaiters({clock, log}: Ambient, {store, waiters, isOurs, over}: Parts): Watch {
	const hinted = new Set<string>();
	let following = false;
	let turn = 0;
	let waitingFor: string[] = [];
	const look = async (): Promise<void> => {
		if (waitingFor.length === 0) {
			const isDue = turn++ % thorough === 0;
			waitingFor = [...waiters.tasks()].filter(task => isDue || !isOurs(task));
		}
		await ask(waitingFor.splice(0, mostRows));
	};
	const ask = async (tasks: readonly string[]): Promise<void> => {
		const rows = await store.load(tasks);
		for (const row of rows.values()) {
			if (!isTerminal(row.state)) continue;
			const {id: task, attempt, state, failure, usage} = row;
			waiters.tell({task, attempt, state, failure, usage, result: undefined});
		}
	};
	const follow = async (): Promise<void> => {
		while (hinted.size > 0 && !over.aborted) {
			const some = [...hinted].slice(0, mostRows);
			for (const task of some) hinted.delete(task);
			await ask(some);
		}
	};
	const again = (): void => {
		if (over.aborted) return;
		clock.after(lookMs, () => {
			const looked = waiters.size > 0 ? look() : Promise.resolve();
			void looked.catch(error => log.debug({err: error}, 'could not look for ends')).then(again);
		});
	};
	again();
	return {
		hear(ends) {
			for (const task of ends === 'many' ? waiters.tasks() : ends) if (waiters.has(task)) hinted.add(task);
			if (following || hinted.size === 0) return;
			following = true;
			void follow()
				.catch(error => log.debug({err: error}, 'could not look for ends'))
				.finally(() => {
					following = false;
				});
		},
	};
}
