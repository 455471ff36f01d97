// Hints by LISTEN and NOTIFY, on a connection of their own. Not in the commit's statement: a transaction
// that notifies waits for all others of the database that do, until it is on the disk. So a commit is told of
// by a statement of its own, which nobody waits for; what is committed while one is on its way shares the next.
import pg from 'pg';
import {atMost, pause} from '#lib/clock.ts';
import {readJson} from '#lib/json.ts';
import type {Ambient} from '#observe/observe.ts';
import {anything, type Hint, type Hints, joined} from '#store/hints.ts';
import {parseAddress} from './address.ts';
import {createSessions} from './session.ts';

const connectMs = 5000;
const statementMs = 20_000;
const againMs = 1000;
/** How often a connection on which nothing may come for hours is asked for a word, and how long that may take, ms. */
const pingMs = 10_000;
const pongMs = 5000;
/** How long a stop waits for the last hint. */
const farewellMs = 500;

/** A hint may be lost with the server, so nothing waits for its disk. */
const settings = 'set synchronous_commit to off';
const notify = {name: 'notify', text: 'select pg_notify($1, $2)'};

/** @param self by whom the hints are: one's own are not heard. @throws TypeError for a URL that can't be read */
export function openPostgresHints(
	{log, clock}: Ambient,
	{url, self}: {readonly url: string; readonly self: string},
): Hints {
	const address = parseAddress(url);
	const {config, begin} = createSessions(address, connectMs, statementMs);
	const channel = address.schema;
	const over = new AbortController();
	let hear: ((hint: Hint) => void) | undefined;
	let client: pg.Client | undefined;
	let untold: Hint | undefined;
	let telling: Promise<void> | undefined;
	let living = Promise.resolve();

	const heard = (text: string) => {
		const said = readJson(Buffer.from(text)) as {by?: unknown; hint?: Hint} | undefined;
		if (typeof said?.by === 'string' && said.by !== self && said.hint) hear?.(said.hint);
	};
	/** Lives for as long as the connection does. */
	const connect = async (): Promise<void> => {
		const one = new pg.Client(config);
		const gone = new Promise<void>(resolve => one.once('end', () => resolve()));
		one.on('error', error => log.debug({err: error}, 'the connection for hints broke'));
		one.on('notification', ({payload}) => heard(payload ?? ''));
		const end = () => void one.end().catch(() => {});
		over.signal.addEventListener('abort', end);
		try {
			await one.connect();
			await begin(one);
			await one.query(`${settings}; listen "${channel}"`);
			client = one;
			hear?.(anything);
			tell({homes: true});
			await Promise.race([gone, falls(one)]);
		} finally {
			client = undefined;
			over.signal.removeEventListener('abort', end);
			end();
		}
	};
	/** Resolves when it says nothing any more: what a firewall has forgotten nobody tells. */
	const falls = async (one: pg.Client): Promise<void> => {
		do await pause(clock, pingMs, over.signal);
		while (client === one && (await atMost(clock, pongMs, one.query('select 1'))));
	};
	const live = async (): Promise<void> => {
		while (!over.signal.aborted) {
			await connect().catch(error => log.debug({err: error}, 'no hints of other nodes; looking instead'));
			if (!over.signal.aborted) await pause(clock, againMs, over.signal);
		}
	};
	const flush = async (): Promise<void> => {
		while (untold && client) {
			const text = JSON.stringify({by: self, hint: untold});
			untold = undefined;
			await client.query({...notify, values: [channel, text]});
		}
	};
	const tell = (hint: Hint): void => {
		// Without a connection nobody is told: they look by themselves.
		if (!client) return;
		untold = untold ? joined(untold, hint) : hint;
		telling ??= flush()
			.catch(error => log.debug({err: error}, 'a hint was not told'))
			.finally(() => {
				telling = undefined;
			});
	};
	return {
		tell,
		listen(call) {
			hear = call;
			living = live();
		},
		async stop() {
			await Promise.race([telling, pause(clock, farewellMs, over.signal)]);
			over.abort();
			await living;
		},
	};
}
