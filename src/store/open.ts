import {fileURLToPath} from 'node:url';
import {redact} from '#lib/redact.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Hints} from './hints.ts';
import {openSqlite} from './sqlite/store.ts';
import type {Store} from './store.ts';

export type StoreOptions = {
	/** `sqlite:PATH` (relative to the working directory, or absolute), `memory:` or a `postgres:` URL. */
	readonly url: string;
};

/**
 * Opens the store that a URL names.
 * @throws TypeError for a URL that names no store, StoreTrouble when the store can't be used
 */
export async function openStore(ambient: Ambient, {url}: StoreOptions): Promise<Store> {
	const scheme = url.slice(0, url.indexOf(':') + 1);
	const rest = url.slice(scheme.length);
	if (scheme === 'memory:' && rest === '') return openSqlite(ambient, {path: ':memory:'});
	if (scheme === 'sqlite:' && rest !== '') return openSqlite(ambient, {path: pathOf(rest)});
	if (scheme === 'postgres:' || scheme === 'postgresql:') {
		// Its driver is loaded only by who uses it.
		const {openPostgres} = await import('./postgres/store.ts');
		return openPostgres(ambient, {url});
	}
	const shown = redact(url);
	throw new TypeError(
		`Expected \`store.url\` to be \`sqlite:PATH\`, \`memory:\` or a \`postgres:\` URL, got \`${shown}\``,
	);
}

/** How the processes on this store tell each other what they did; undefined where there is only one. */
export async function openHints(
	ambient: Ambient,
	{url, self}: StoreOptions & {readonly self: string},
): Promise<Hints | undefined> {
	if (!/^postgres(?:ql)?:/.test(url)) return undefined;
	const {openPostgresHints} = await import('./postgres/hints.ts');
	return openPostgresHints(ambient, {url, self});
}

/** `sqlite:///srv/warren.db` is the same file as `sqlite:/srv/warren.db`. */
const pathOf = (rest: string): string => (rest.startsWith('//') ? fileURLToPath(`file:${rest}`) : rest);
