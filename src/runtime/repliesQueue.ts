// A producer's own queue may be full, refuse what comes, and be read by nobody: its answers would be tried for
// ever, and hold what their home says to be done. So one that is refused is given up in the end, and what comes
// later to a queue that goes on refusing all is tried once.
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Transport} from '#transport/transport.ts';
import {createRecent} from './recent.ts';
import type {Attempt, Replies} from './repliesAttempt.ts';

const againMs = 500;
const longestMs = 5000;
/** For so long a queue may refuse an answer, or all answers, ms (docs/amqp.md). */
const mostRefusedMs = 5 * 60_000;
/** A queue that was not asked for so long may take answers again. */
const memory = {most: 1000, ageMs: 60_000};

export function createQueueReplies(
	{clock}: Ambient,
	transport: Pick<Transport, 'blocked'>,
	{publish, giveUp}: Attempt,
): Replies {
	/** Since when they have refused all. */
	const refusing = createRecent<number>(clock, memory);

	return async message => {
		const {key} = message;
		let since: number | undefined;
		for (let restMs = againMs; ; await pause(clock, restMs)) {
			const published = await publish(message, {lane: 'replies'});
			if (published === 'taken' || published === 'unroutable') return refusing.delete(key);
			if (published === 'lost') {
				// What the broker does not hear it does not refuse.
				if (transport.blocked() !== undefined) since = undefined;
				restMs = againMs;
				continue;
			}
			const now = clock.now();
			const all = refusing.get(key) ?? now;
			refusing.set(key, all);
			since ??= now;
			if (now - Math.min(since, all) >= mostRefusedMs) return giveUp(message, 'refused');
			restMs = Math.min(longestMs, restMs * 2);
		}
	};
}
