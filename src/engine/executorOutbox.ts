import type {ExecutorSettled} from '#contract/executor.ts';
import type {Channel} from './channel.ts';

/** What is settled is told once it is this much. */
const batchBytes = 1024 * 1024;
const batchItems = 64;
/** Or after this: the one that runs now may take long. */
const batchMs = 2;

export type Outbox = {
	add(item: ExecutorSettled, result: Buffer | undefined, logs: Buffer | undefined): void;
	flush(): void;
};

/**
 * Tells what was settled: many in one frame, because each frame wakes the worker, and what it brings becomes a
 * message, or a commit. Whoever knows that nobody else is about to end flushes.
 */
export function createOutbox(channel: Channel): Outbox {
	let items: ExecutorSettled[] = [];
	let bodies: (Buffer | undefined)[] = [];
	let bytes = 0;
	let due: NodeJS.Timeout | undefined;

	function flush(): void {
		clearTimeout(due);
		due = undefined;
		if (items.length === 0) return;
		channel.send({type: 'settled', items}, bodies);
		items = [];
		bodies = [];
		bytes = 0;
	}

	return {
		flush,
		add(item, result, logs) {
			items.push(item);
			bodies.push(result, logs);
			bytes += (result?.length ?? 0) + (logs?.length ?? 0);
			if (bytes >= batchBytes || items.length >= batchItems) flush();
			else due ??= setTimeout(flush, batchMs);
		},
	};
}
