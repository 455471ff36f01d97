import {createHash} from 'node:crypto';
import {type Failure, fail} from '#actors/failure.ts';
import {defaultClass, defaultPool, partOf} from '#actors/lane.ts';
import type {Task} from '#actors/task.ts';
import type {Receipt} from '#contract/task.ts';
import type {Known, Meta} from '#runtime/functions.ts';
import type {Settled} from '#runtime/letter.ts';
import type {End} from '#runtime/waiters.ts';
import {keyOf, type TaskKey, type TaskRow} from '#store/store.ts';
import type {Answer, Submission} from './api.ts';
import type {Bounds} from './bounds.ts';
import {answered, type Desk, no, yes} from './desk.ts';
import {pausedSays} from './paused.ts';

/** Takes tasks. All that share a turn of the event loop are one commit. */
export async function submit(
	desk: Desk,
	bounds: Bounds,
	submissions: readonly Submission[],
): Promise<Answer<Receipt>[]> {
	const known = await answered(knownByKey(desk, submissions).then(yes));
	if (!known.ok) return submissions.map(() => known);
	return Promise.all(
		submissions.map(one => {
			const key = keyNameOf(one);
			const before = key && known.value.get(key);
			return answered(before ? repeat(desk, one, before) : take(desk, bounds, one));
		}),
	);
}

async function take(desk: Desk, bounds: Bounds, one: Submission): Promise<Answer<Receipt>> {
	const version = await resolveVersion(desk, one);
	if ('code' in version) return no(version);
	const {payloadBytes} = desk.limits;
	if (one.input.length > payloadBytes) {
		return no(
			fail('PAYLOAD_TOO_LARGE', `The input has ${one.input.length} bytes; at most ${payloadBytes} are taken`),
		);
	}
	// What ends at once takes no room.
	const most = one.expired ? undefined : version.policy.maxQueued;
	const full = bounds.enter(one.function, most);
	if (full) return no(full);
	const task = newTask(desk, one, version);
	const unwait = one.ended && desk.home.waiters.wait(task.id, one.ended);
	const settled = await new Promise<Settled>(settle =>
		desk.home.tell({kind: 'birth', task, input: one.input, expired: one.expired === true, settle}),
	);
	bounds.leave(one.function);
	if (settled.how === 'committed') return yes(receiptOf(settled.row, false));
	unwait?.();
	if (settled.how === 'failed') return no(settled.failure);
	// Somebody else's birth with this key came first; the unique index has said so (R10).
	const before = await knownByKey(desk, [one]);
	const row = before.get(keyNameOf(one) ?? '');
	return row ? repeat(desk, one, row) : no(fail('INTERNAL', 'The key is taken, but its task is not there'));
}

/** The same key again: the task it made then, if the input is the same. */
async function repeat(desk: Desk, one: Submission, row: TaskRow): Promise<Answer<Receipt>> {
	if (row.keyDigest !== digestOf(one.input)) {
		return no(fail('KEY_REUSED', `Key \`${row.key}\` was used for task ${row.id} with another input`));
	}
	if (one.ended) await tellLater(desk, row, one.ended);
	return yes(receiptOf(row, true));
}

async function tellLater({home}: Desk, row: TaskRow, ended: (end: End) => void): Promise<void> {
	let told = false;
	const once = (end: End) => {
		if (!told) ended(end);
		told = true;
	};
	// First the wait, then the look: an end in between is heard, and not told twice.
	const unwait = home.waiters.wait(row.id, once);
	const now = (await home.store.load([row.id])).get(row.id);
	if (!now || now.endedAt === null) return;
	unwait();
	const result = (await home.store.results([row.id])).get(row.id);
	const {attempt, state, failure, usage} = now;
	once({task: row.id, attempt, state, failure, usage, result});
}

async function resolveVersion({home}: Desk, {function: name, options}: Submission): Promise<Meta | Failure> {
	const known: Known | undefined = home.functions.get(name) ?? (await home.functions.find(name));
	if (!known || known.row.state === 'retired') {
		return fail('FUNCTION_NOT_FOUND', `There is no function \`${name}\``);
	}
	if (known.row.pause) return fail('FUNCTION_PAUSED', pausedSays(name, known.row.pause));
	if (options?.version !== undefined && options.version !== known.live?.digest) {
		const old = await home.store.version(options.version);
		if (old?.function !== name)
			return fail('FUNCTION_NOT_FOUND', `\`${name}\` has no version ${options.version}`);
		if (known.row.broken.includes(options.version)) {
			return fail('FUNCTION_PAUSED', `Version ${options.version} of \`${name}\` was stopped by its breaker`);
		}
		const {code, map: _map, ...meta} = old;
		return {...meta, codeBytes: code.length};
	}
	return (
		known.live ??
		fail('FUNCTION_NOT_FOUND', `Function \`${name}\` has no version that works; deploy it again`)
	);
}

function newTask({ambient, id}: Desk, one: Submission, version: Meta): Task {
	const now = ambient.clock.now();
	const {key, expiresInMs, deadline, timeoutMs, maxAttempts, trace, class: named, spill} = one.options ?? {};
	return {
		...blank,
		id: id(),
		function: one.function,
		version: version.digest,
		pool: partOf(version.policy.pool ?? defaultPool, version.policy.needs),
		class: named ?? version.policy.class ?? defaultClass,
		door: one.door,
		asynchronous: one.asynchronous,
		key: key ?? null,
		keyDigest: key === undefined ? null : digestOf(one.input),
		maxAttempts: maxAttempts ?? version.policy.maxAttempts,
		wallMs: timeoutMs === undefined ? null : Math.min(timeoutMs, version.policy.wallMs),
		// An area that knew no chunks would take it for one input.
		spill: one.chunk === undefined && (spill ?? version.policy.spill ?? false),
		chunk: one.chunk ?? null,
		expiresAt: one.expired ? now : expiresInMs === undefined ? null : now + expiresInMs,
		deadline: deadline ?? null,
		replyTo: one.replyTo ?? null,
		correlationId: one.correlationId ?? null,
		trace: trace ?? null,
		createdAt: now,
		updatedAt: now,
	};
}

const blank = {
	state: 'accepted',
	attempt: 1,
	charged: 0,
	losses: 0,
	placed: false,
	grants: 0,
	soloLosses: 0,
	soloCopies: [],
	deaths: [],
	dueAt: null,
	failure: null,
	usage: null,
	startedAt: null,
	endedAt: null,
} as const;

function receiptOf(row: TaskRow, existing: boolean): Receipt {
	return {task: row.id, function: row.function, state: row.state, existing};
}

/** Enough of a sha256 to tell two inputs of one key apart. */
const digestOf = (input: Buffer): string =>
	createHash('sha256').update(input).digest('base64url').slice(0, 22);

function keyNameOf({function: fn, options}: Submission): string | undefined {
	return options?.key === undefined ? undefined : keyOf({function: fn, key: options.key});
}

async function knownByKey({home}: Desk, submissions: readonly Submission[]): Promise<Map<string, TaskRow>> {
	const keys: TaskKey[] = submissions.flatMap(({function: fn, options}) =>
		options?.key === undefined ? [] : [{function: fn, key: options.key}],
	);
	return keys.length > 0 ? home.store.loadByKey(keys) : new Map();
}
