import type {Ambient} from '#observe/observe.ts';
import {type Bucket, createBucket} from './bucket.ts';
import {type KeyEntry, KeyFileTrouble, lookUpEntries} from './keyFile.ts';
import type {Key, Keys} from './keys.ts';
import {hashOf, idOf, isSame} from './secret.ts';

/** Twice this, and the reading, stay below the 5 s after which a revoked key must be dead. */
const lookMs = 2000;

type Held = Key & {readonly bucket: Bucket | undefined};

/**
 * The keys of a file, as it is now: it is read every 2 s, since file systems that containers and
 * networks give us tell nobody of their changes.
 * @throws KeyFileTrouble when it can't be read now, or is not right
 */
export async function openKeyRing(ambient: Ambient, path: string): Promise<Keys> {
	const {clock, log, metrics} = ambient;
	let held = holding(ambient, await lookUpEntries(path), new Map());
	let trouble: string | undefined;

	const suffer = (message: string | undefined): void => {
		if (message === trouble) return;
		trouble = message;
		metrics.keyTrouble.set(message === undefined ? 0 : 1);
		if (message === undefined) log.info({file: path}, 'the API keys can be read again');
		else log.error({why: message}, 'the API keys stay as they were: their file is of no use');
	};

	/** True if something is not as it was. */
	const look = async (): Promise<boolean> => {
		try {
			const before = held;
			const next = holding(ambient, await lookUpEntries(path), before);
			suffer(undefined);
			const added = [...next.keys()].filter(id => next.get(id) !== before.get(id));
			const removed = [...before.keys()].filter(id => !next.has(id));
			if (added.length + removed.length === 0) return false;
			held = next;
			log.info({added, removed, left: next.size}, 'the API keys have changed');
			return true;
		} catch (error) {
			if (!(error instanceof KeyFileTrouble)) throw error;
			suffer(error.message);
			return false;
		}
	};

	return {
		get size() {
			return held.size;
		},
		find(sent) {
			const id = idOf(sent);
			const key = id === undefined ? undefined : held.get(id);
			return key && isSame(hashOf(sent), key.hash) ? key : undefined;
		},
		holds(key, scope) {
			const now = held.get(key.id);
			return now?.hash === key.hash && now.scopes.includes(scope);
		},
		follow(changed) {
			let off = () => {};
			let ended = false;
			const next = () => {
				off = clock.after(lookMs, async () => {
					if ((await look()) && !ended) changed();
					if (!ended) next();
				});
			};
			next();
			return () => {
				ended = true;
				off();
			};
		},
	};
}

/** A key that is as it was stays the same object, with its bucket. */
function holding(
	{clock}: Ambient,
	entries: readonly KeyEntry[],
	before: ReadonlyMap<string, Held>,
): ReadonlyMap<string, Held> {
	return new Map(
		entries.map(entry => {
			const old = before.get(entry.id);
			return [entry.id, old && isAsBefore(entry, old) ? old : heldOf(entry, old)];
		}),
	);

	function heldOf({id, name, scopes, hash, rate}: KeyEntry, old: Held | undefined): Held {
		// Another name must be no way to a full bucket.
		const kept = old?.rate === rate ? old?.bucket : undefined;
		const bucket = rate === undefined ? undefined : (kept ?? createBucket(clock, rate));
		return {
			id,
			name,
			scopes,
			hash,
			bucket,
			...(rate !== undefined && {rate}),
			take: () => bucket?.take() ?? 0,
		};
	}
}

function isAsBefore({name, scopes, hash, rate}: KeyEntry, old: Held): boolean {
	const sameScopes = scopes.length === old.scopes.length && scopes.every(scope => old.scopes.includes(scope));
	return name === old.name && hash === old.hash && rate === old.rate && sameScopes;
}
