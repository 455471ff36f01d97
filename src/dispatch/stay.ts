// What an area has taken: asked after until it has ended there, with the bounds that a silent or a busy area
// is given.
import {type Failure, fail} from '#actors/failure.ts';
import {isTerminal} from '#actors/task.ts';
import type {TaskView} from '#contract/task.ts';
import {pause} from '#lib/clock.ts';
import type {CrossingEnd, CrossingParts} from './passage.ts';
import {PeerAway} from './peer.ts';
import {within} from './within.ts';

/** So often it is seen whether it has begun; its end is told at once. */
const lookMs = 1000;
const answerMs = 5000;
const againMs = 250;

/** @param task its id there */
export async function stay(parts: CrossingParts, task: string): Promise<CrossingEnd> {
	const over = new AbortController();
	const cancel = () =>
		void insist(parts, over.signal, signal => parts.peer.cancel(task, signal)).catch(() => {});
	if (parts.stopped.aborted) cancel();
	parts.stopped.addEventListener('abort', cancel, {once: true, signal: over.signal});
	try {
		const end = await follow(parts, task);
		// Whoever has ended the task here waits for the word that it stopped, and nobody else for anything.
		return end.how === 'back' && parts.stopped.aborted ? stoppedAt(parts.clock.now()) : end;
	} finally {
		over.abort();
	}
}

const stoppedAt = (now: number): CrossingEnd => ({
	how: 'ended',
	item: {startedAt: now, endedAt: now, failure: fail('CANCELLED'), usage: null},
});

async function follow(parts: CrossingParts, task: string): Promise<CrossingEnd> {
	const {clock, peer, patienceMs, over} = parts;
	const handedAt = clock.now();
	let heardAt = handedAt;
	let startedAt: number | undefined;
	while (!over.aborted) {
		const view = await look(parts, task);
		const now = clock.now();
		if (view === 'away') {
			if (now - heardAt > patienceMs) return lost(`it has been silent for ${now - heardAt} ms`);
			await pause(clock, againMs, over);
			continue;
		}
		heardAt = now;
		if (view === undefined) return lost('it knows no more of the task');
		if (isTerminal(view.state)) return ended(parts, view, startedAt);
		if (view.state === 'running' && startedAt === undefined) {
			startedAt = now;
			parts.started();
		}
		if (startedAt === undefined && now - handedAt > patienceMs) {
			await peer.cancel(task, within(clock, answerMs, over));
			return lost(`it has not begun within ${now - handedAt} ms`);
		}
	}
	return {how: 'left'};
}

const lost = (why: string): CrossingEnd => ({how: 'back', why, again: true, rest: 'area'});

async function look(
	{clock, peer, over}: CrossingParts,
	task: string,
): Promise<TaskView | undefined | 'away'> {
	try {
		return await peer.look(task, lookMs, within(clock, lookMs + answerMs, over));
	} catch (error) {
		if (error instanceof PeerAway) return 'away';
		throw error;
	}
}

/** Times are by the clock of this process: the area's may say anything. */
async function ended(
	parts: CrossingParts,
	{id, state, ...view}: TaskView,
	startedAt: number | undefined,
): Promise<CrossingEnd> {
	const {clock, peer, stopped} = parts;
	const endedAt = clock.now();
	const usage = view.usage && {...view.usage, worker: `${peer.area}/${view.usage.worker}`};
	const item = {startedAt: startedAt ?? endedAt - (usage?.runMs ?? 0), endedAt, usage};
	if (stopped.aborted) return {how: 'ended', item: {...item, failure: fail('CANCELLED')}};
	const failure = view.failure as Failure | null;
	if (state !== 'succeeded' && (state !== 'dead' || !failure)) {
		return {how: 'back', why: `its task there is ${state}`, again: true};
	}
	const [result, logs] = await insist(parts, parts.over, signal =>
		Promise.all([failure ? undefined : peer.result(id, signal), peer.logs(id, signal)]),
	);
	return {how: 'ended', item: {...item, failure}, ...(result && {result}), ...(logs && {logs})};
}

/** What is there can be had later, too. @throws PeerAway when the area was silent for too long */
async function insist<T>(
	{clock, patienceMs}: CrossingParts,
	over: AbortSignal,
	ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const until = clock.now() + patienceMs;
	for (;;) {
		try {
			return await ask(within(clock, answerMs, over));
		} catch (error) {
			if (!(error instanceof PeerAway) || over.aborted || clock.now() > until) throw error;
		}
		await pause(clock, againMs, over);
	}
}
