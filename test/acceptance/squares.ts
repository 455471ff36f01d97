// The work that is done while nodes are killed: numbers to be squared, some of which fail once.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '#client/client.ts';
import {openStore} from '#store/open.ts';
import {testAmbient} from '../harness/ambient.ts';

const code = `export default async ({n, waitMs, fails}, {attempt}) => {
	await new Promise(resolve => setTimeout(resolve, waitMs));
	if (fails >= attempt) throw new Error('not yet');
	return {n, square: n * n};
};`;
const policy = {maxAttempts: 3, backoff: {baseMs: 100, factor: 1, maxMs: 100}};
export const count = 120;
const items = Array.from({length: count}, (_, n) => ({
	input: {n, waitMs: 5 + (n % 7) * 10, fails: n % 10 === 3 ? 1 : 0},
	options: {key: `key-${n}`},
}));

export type Squares = {
	/** The task of each number. */
	readonly ids: Map<number, string>;
	readonly deploy: (url: string) => Promise<void>;
	/** Offers all again, by key: what is known is answered with the task it made before. */
	readonly offer: (url: string) => Promise<void>;
	/** Resolves when this number's task has ended. */
	readonly reach: (url: string, n: number) => Promise<void>;
	/** Waits for all, and compares every result. */
	readonly check: (url: string) => Promise<void>;
	/** What is in the store of this URL, without any node. */
	readonly look: (store: string) => Promise<void>;
};

export async function folder(t: ExecutionContext): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'warren-kill-'));
	t.teardown(() => rm(path, {recursive: true, force: true}));
	return path;
}

export function squares(t: ExecutionContext): Squares {
	const ids = new Map<number, string>();
	const ended = (client: Client, n: number) => client.wait(ids.get(n) ?? '', {waitMs: 60_000});
	return {
		ids,
		async deploy(url) {
			await createClient({url}).deploy({name: 'square', language: 'javascript', code, policy});
		},
		async offer(url) {
			let n = 0;
			for await (const answer of createClient({url}).submitMany('square', items)) {
				if (!answer.ok) throw new Error(answer.failure.message);
				const {task, existing} = answer.receipt;
				t.is(existing, ids.has(n));
				t.is(task, ids.get(n) ?? task);
				ids.set(n++, task);
			}
		},
		async reach(url, n) {
			await ended(createClient({url}), n);
		},
		async check(url) {
			const client = createClient({url});
			for (const [n, id] of ids) {
				const {state, failure} = await ended(client, n);
				t.is(state, 'succeeded', `task ${n}: ${failure?.message}`);
				t.deepEqual(await client.result(id), {n, square: n * n});
			}
			const {ledger, backlog, inFlight} = await client.status();
			t.like(ledger, {accepted: count, succeeded: count, dead: 0, waiting: 0, running: 0});
			t.deepEqual({backlog, inFlight}, {backlog: 0, inFlight: 0});
		},
		look: store => looksWhole(t, store, [...ids.values()]),
	};
}

async function looksWhole(t: ExecutionContext, url: string, ids: readonly string[]): Promise<void> {
	const store = await openStore(testAmbient(), {url});
	const rows = await store.list({limit: 1000});
	t.deepEqual(rows.map(({id}) => id).sort(), [...ids].sort());
	t.true(rows.every(({state, placed, endedAt}) => state === 'succeeded' && !placed && endedAt !== null));
	t.true(new Set(rows.map(({epoch}) => epoch)).size > 1, 'they were finished in more than one life');
	t.is((await store.results(ids)).size, count);
	t.is(await store.nextDue(), undefined);
	await store.close();
}
