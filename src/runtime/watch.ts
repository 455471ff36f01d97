// Where several nodes share a store, the end of a task may be another node's commit: it was asked to
// cancel it, or took its home for dead. Whoever waits for it here is told by looking.
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

export function watchWaiters({clock, log}: Ambient, {store, waiters, isOurs, over}: Parts): void {
	let turn = 0;
	let waitingFor: string[] = [];
	const look = async (): Promise<void> => {
		if (waitingFor.length === 0) {
			const isDue = turn++ % thorough === 0;
			waitingFor = [...waiters.tasks()].filter(task => isDue || !isOurs(task));
		}
		const rows = await store.load(waitingFor.splice(0, mostRows));
		for (const row of rows.values()) {
			if (!isTerminal(row.state)) continue;
			const {id: task, attempt, state, failure, usage} = row;
			waiters.tell({task, attempt, state, failure, usage, result: undefined});
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
}
