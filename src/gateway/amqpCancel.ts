// A cancel may overtake the submission that it is for: both lie in one intake, but servers take from it side by
// side, and one that died gives back what it had in hand. So a key that nobody knows is looked for again before
// it counts as unknown. An id is told only once its task is committed.
import type {Answer, Api} from '#api/api.ts';
import type {CancelReceipt, TaskName} from '#contract/task.ts';
import {type Clock, pause} from '#lib/clock.ts';

/** For so long, ms: a commit takes tens of them, and each cancel that waits holds a place of the intake. */
const patienceMs = 1000;
const againMs = 250;

/** Undefined: the signal was aborted before its key was known. */
export async function cancelNamed(
	clock: Clock,
	api: Api,
	task: TaskName,
	signal: AbortSignal,
): Promise<Answer<CancelReceipt> | undefined> {
	const until = clock.now() + ('key' in task ? patienceMs : 0);
	for (;;) {
		const answer = await api.cancel(task);
		const isKnown = answer.ok || answer.failure.code !== 'TASK_NOT_FOUND';
		if (isKnown || clock.now() >= until) return answer;
		await pause(clock, againMs, signal);
		if (signal.aborted) return undefined;
	}
}
