// What is lost when one of two servers is killed: both are given tasks over REST, which is what a caller
// has in hand when a server dies; each task that was answered with 202 is then looked for at the other one.
import {setTimeout as delay} from 'node:timers/promises';
import {type Client, createClient} from '#client/client.ts';
import type {Group} from './group.ts';

/** Callers of each server; each waits for its 202 before it submits again. */
const callers = 16;
/** Slower than tasks come in, so that the one that dies has many. */
const code = 'export default input => new Promise(done => setTimeout(done, 10, input));';
/** A lease has to run out before anybody takes up what the dead one had. */
const patienceMs = 120_000;

export type Loss = {
	readonly accepted: number;
	/** Of those, by the server that was killed. */
	readonly byDead: number;
	/** Of those, ended after it was killed: they were open, and the other one saw to them. */
	readonly takenUp: number;
	readonly succeeded: number;
	/** Accepted, and not to be found or not succeeded in the end. */
	readonly lost: number;
	/** From the kill until the last of them had ended. */
	readonly ms: number;
};

/** Kills the second server after half of the time; the group has one server less then. */
export async function lossOfServer(group: Group, durationMs: number): Promise<Loss> {
	const [other, victim] = group.servers;
	if (!other || !victim) throw new Error('Expected a group with two servers');
	const client = createClient({url: other.url});
	await client.deploy({name: 'slow', language: 'javascript', code});
	const over = new AbortController();
	const load = [other, victim].map(({url}) => submitUntil(createClient({url}), over.signal));
	await delay(durationMs / 2);
	await victim.kill();
	const [killedAt, killedOn] = [performance.now(), Date.now()];
	await delay(durationMs / 2);
	over.abort();
	const [byOther = [], byDead = []] = await Promise.all(load);
	const accepted = [...byOther, ...byDead];
	const ends = await endsOf(client, accepted, killedAt + patienceMs);
	const ms = performance.now() - killedAt;
	const takenUp = byDead.filter(task => (ends.get(task) ?? 0) > killedOn).length;
	for (const node of [...group.workers, other]) await node.stop();
	const [all, succeeded] = [accepted.length, ends.size];
	return {accepted: all, byDead: byDead.length, takenUp, succeeded, lost: all - succeeded, ms};
}

/** The tasks that were answered with 202. A caller whose server is gone submits no more. */
async function submitUntil(client: Client, over: AbortSignal): Promise<string[]> {
	const tasks: string[] = [];
	const caller = async (): Promise<void> => {
		while (!over.aborted) tasks.push((await client.submit('slow', tasks.length)).task);
	};
	await Promise.allSettled(Array.from({length: callers}, caller));
	return tasks;
}

/** When each that succeeded ended, ms since the epoch. */
async function endsOf(client: Client, tasks: readonly string[], until: number): Promise<Map<string, number>> {
	const ends = new Map<string, number>();
	const left = tasks.values();
	const looker = async (): Promise<void> => {
		for (const task of left) {
			const waitMs = Math.max(1, Math.round(until - performance.now()));
			const view = await client.wait(task, {waitMs}).catch(() => undefined);
			if (view?.state === 'succeeded' && view.endedAt !== null) ends.set(task, view.endedAt);
		}
	};
	await Promise.all(Array.from({length: callers}, looker));
	return ends;
}
