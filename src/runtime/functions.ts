import {decideFunction} from '#actors/decide.ts';
import {type Failure, fail} from '#actors/failure.ts';
import type {FunctionRow, VersionRow} from '#actors/function.ts';
import type {FunctionEvent} from '#actors/functionMachine.ts';
import {defaultPolicy, type Policy} from '#actors/policy.ts';
import type {Task} from '#actors/task.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store} from '#store/store.ts';
import type {Letter, Settled} from './letter.ts';

/**
 * The functions as this node knows them: a cached snapshot, so that no task waits for a read of its
 * function. Their rows change only through the loop.
 */
export type Functions = {
	/** Reads all of them; later, what other nodes have changed since. */
	load(): Promise<void>;
	get(name: string): Known | undefined;
	/** The same, also where another node has made it just now. @throws StoreTrouble */
	find(name: string): Promise<Known | undefined>;
	/** As it is in the store now: to be changed. @throws StoreTrouble */
	current(name: string): Promise<Known | undefined>;
	list(): Known[];
	/** A version's policy, once `prepare` had it. */
	policy(digest: string): Policy;
	prepare(digests: ReadonlySet<string>): Promise<void>;
	/** Makes the row (and the version, if it is new) durable. A failure says what stood in the way. */
	put(row: FunctionRow, expected: number, version?: VersionRow): Promise<Failure | undefined>;
	remove(name: string): Promise<Failure | undefined>;
	/** Steps its machine, on the row as it is now. A failure says what stood in the way. */
	step(name: string, event: FunctionEvent): Promise<Failure | undefined>;
	/** Those of which nothing is taken and nothing placed. */
	readonly paused: ReadonlySet<string>;
	/** How many attempts may run at the same time, of those whose live version says so. */
	readonly limits: ReadonlyMap<string, number>;
	/**
	 * What a task that waits is to run: its own version, or the live one if the breaker has stopped its own
	 * and it was replaced since; undefined while its function is paused.
	 */
	versionFor(task: Task): string | undefined;
};

/** `live` is the version that new tasks run; without its code. */
export type Known = {readonly row: FunctionRow; readonly live: Meta | undefined};

export type Meta = Omit<VersionRow, 'code' | 'map'> & {readonly codeBytes: number};

/** Policies of versions that are no longer live, kept for their open tasks. */
const mostPolicies = 10_000;

/**
 * @param changed called when a function was changed: what waits may go on, or may not; with its name if
 * that was done here, so that others can be told
 */
export function createFunctions(
	{metrics}: Ambient,
	store: Store,
	tell: (letter: Letter) => void,
	changed: (name?: string) => void,
): Functions {
	const paused = new Set<string>();
	const limits = new Map<string, number>();
	const known = new Map<string, Known>();
	const policies = new Map<string, Policy>();
	let loaded = false;

	const remember = (digest: string, policy: Policy) => {
		policies.set(digest, policy);
		if (policies.size > mostPolicies) policies.delete(policies.keys().next().value as string);
	};
	const learn = async (row: FunctionRow): Promise<void> => {
		const version = row.version === null ? undefined : await store.version(row.version);
		if (version) remember(version.digest, version.policy);
		// What was read before somebody else's read may come after it.
		if (isOlder(row, known.get(row.name)?.row)) return;
		known.set(row.name, {row, live: version && metaOf(version)});
		if (row.state === 'paused') paused.add(row.name);
		else paused.delete(row.name);
		const most = version?.policy.concurrency;
		if (most === undefined) limits.delete(row.name);
		else limits.set(row.name, most);
	};
	const forget = (name: string) => {
		known.delete(name);
		paused.delete(name);
		limits.delete(name);
	};
	const news = async (name: string, row: FunctionRow | undefined): Promise<void> => {
		if (row && row.state !== 'retired') await learn(row);
		else forget(name);
		// Before the first look is over this node has not begun: nothing may move yet.
		if (loaded) changed();
	};
	const isNews = (row: FunctionRow): boolean => {
		const now = known.get(row.name)?.row;
		return !now || isOlder(now, row);
	};
	const current = async (name: string): Promise<Known | undefined> => {
		if (!store.shared) return known.get(name);
		const before = known.get(name);
		const [row] = await store.functions([name]);
		if (row ? isNews(row) : known.get(name) === before) await news(name, row);
		return known.get(name);
	};
	const commit = async (
		name: string,
		change: Extract<Letter, {kind: 'direct'}>['change'],
		comesAgain = false,
	): Promise<Settled> =>
		new Promise(settle => tell({kind: 'direct', actor: `function/${name}`, change, comesAgain, settle}));

	const put: Functions['put'] = async (row, expected, version) => {
		const change = {kind: 'deploy', function: row, expected, ...(version && {version})} as const;
		// A version is somebody's; a breaker that trips goes on until it has.
		const settled = await commit(row.name, change, version !== undefined);
		const [stored] = await store.functions([row.name]);
		if (stored) await learn(stored);
		changed(row.name);
		return isOurs(stored, row, expected) ? undefined : failureOf(settled, row.name);
	};

	return {
		async load() {
			const before = new Map(known);
			const rows = new Map((await store.functions()).map(row => [row.name, row]));
			for (const row of rows.values()) if (isNews(row)) await news(row.name, row);
			for (const [name, then] of before) {
				// Whatever was learned since the read is newer.
				if (!rows.has(name) && known.get(name) === then) await news(name, undefined);
			}
			loaded = true;
		},
		find: async name => known.get(name) ?? current(name),
		current,
		get: name => known.get(name),
		list: () => [...known.values()],
		policy: digest => policies.get(digest) ?? defaultPolicy,
		async prepare(digests) {
			for (const digest of digests) {
				if (policies.has(digest)) continue;
				const version = await store.version(digest);
				remember(digest, version?.policy ?? defaultPolicy);
			}
		},
		put,
		async remove(name) {
			const expected = known.get(name)?.row.revision ?? 0;
			const settled = await commit(name, {kind: 'retire', function: name, expected});
			const [stored] = await store.functions([name]);
			if (stored) return failureOf(settled, name);
			forget(name);
			changed(name);
			return undefined;
		},
		async step(name, event) {
			const row = known.get(name)?.row;
			if (!row) return fail('FUNCTION_NOT_FOUND', `There is no function \`${name}\``);
			const next = decideFunction(row, [event]);
			if (next) return put(next, row.revision);
			metrics.refused.inc({actor: 'function', type: event.type});
			return fail('CONFLICT', `Function \`${name}\` is ${row.state}: it takes no \`${event.type}\``);
		},
		paused,
		limits,
		versionFor({function: name, version}) {
			if (paused.has(name)) return undefined;
			const {row, live} = known.get(name) ?? {};
			return live && row?.broken.includes(version) ? live.digest : version;
		},
	};
}

/** A function that was removed and deployed again counts its revisions anew. */
function isOlder(one: FunctionRow, other: FunctionRow | undefined): boolean {
	if (!other) return false;
	return one.createdAt === other.createdAt ? one.revision < other.revision : one.createdAt < other.createdAt;
}

/** A commit whose answer was lost finds what it has done itself, and takes it for somebody else's (R6). */
function isOurs(stored: FunctionRow | undefined, row: FunctionRow, expected: number): boolean {
	if (!stored || stored.revision !== expected + 1) return false;
	const isSame = stored.version === row.version && stored.state === row.state;
	return isSame && stored.pause?.by === row.pause?.by && stored.updatedAt === row.updatedAt;
}

function failureOf(settled: Settled, name: string): Failure | undefined {
	if (settled.how === 'applied') return undefined;
	if (settled.how === 'failed') return settled.failure;
	return fail(
		'CONFLICT',
		`Function \`${name}\` was changed by somebody else meanwhile; look at it and try again`,
	);
}

function metaOf({code, map: _map, ...meta}: VersionRow): Meta {
	return {...meta, codeBytes: code.length};
}
