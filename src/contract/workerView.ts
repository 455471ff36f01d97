import type {Heartbeat} from './control.ts';
import type {WorkerView} from './status.ts';

/** A worker as it said last; `state` as who heard it sees it, who may have missed something since. */
export function workerViewOf(
	beat: Heartbeat,
	heardAt: number,
	state: WorkerView['state'] = beat.state,
): WorkerView {
	const {worker: id, pool, host, pid, version, slots, warm, rssBytes, executors, restarts, startedAt} = beat;
	const {ended = 0, slotMs = 0, missingWalls = [], supervisor = null, tags = []} = beat;
	const busy = beat.held.filter(one => one.startedAt !== null).length;
	return {
		...{id, pool, host, pid, version, state, slots, busy, ended, slotMs},
		...{warm, rssBytes, executors, restarts, missingWalls},
		...{tags, supervisor, startedAt, lastBeat: heardAt},
	};
}
