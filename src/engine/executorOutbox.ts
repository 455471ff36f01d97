import type {ExecutorSettled} from '#contract/executor.ts';
import type {Channel} from './channel.ts';

/** What is settled is told once it is this much. */
const batchBytes = 1024 * 1024;

export type Outbox = {
	add(item: ExecutorSettled, result: Buffer | undefined, logs: Buffer | undefined): void;
	flush(): void;
};

/** Tells what was settled: all of one turn of the event loop in one frame, unless that is large. */
export function createOutbox(channel: Channel): Outbox {
	let items: ExecutorSettled[] = [];
	let bodies: (Buffer | undefined)[] = [];
	let bytes = 0;
	let due: NodeJS.Immediate | undefined;

	function flush(): void {
		clearImmediate(due);
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
			if (bytes >= batchBytes) flush();
			else due ??= setImmediate(flush);
		},
	};
}
