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
	const keys = submissions.flatMap(one => keyOfOne(one) ?? []);
	const known = keys.length > 0 ? await answered(desk.home.store.loadByKey(keys).then(yes)) : none;
	if (!known.ok) return submissions.map(() => known);
	return Promise.all(
		submissions.map(one => {
			const key = keyOfOne(one);
			const before = key && known.value.get(keyOf(key));
			if (before) return answered(repeat(desk, one, before));
			// Hardly anybody names a version, and all others are known here: then nobody waits for a read.
			const version = knownVersion(desk, one);
			return version ? take(desk, bounds, one, version) : answered(look(desk, bounds, one));
		}),
	);
}

async function look(desk: Desk, bounds: Bounds, one: Submission): Promise<Answer<Receipt>> {
	return take(desk, bounds, one, await resolveVersion(desk, one));
}

/** Not `async`: that would be two promises more for every task. */
function take(
	desk: Desk,
	bounds: Bounds,
	one: Submission,
	version: Meta | Failure,
): Promise<Answer<Receipt>> {
	if ('code' in version) return Promise.resolve(no(version));
	const {payloadBytes} = desk.limits;
	if (one.input.length > payloadBytes) {
		const says = `The input has ${one.input.length} bytes; at most ${payloadBytes} are taken`;
		return Promise.resolve(no(fail('PAYLOAD_TOO_LARGE', says)));
	}
	// What ends at once takes no room.
	const most = one.expired ? undefined : version.policy.maxQueued;
	const full = bounds.enter(one.function, most);
	if (full) return Promise.resolve(no(full));
	const task = newTask(desk, one, version);
	const unwait = one.ended && desk.home.waiters.wait(task.id, one.ended);
	return new Promise(resolve => {
		const settle = (settled: Settled) => {
			bounds.leave(one.function);
			if (settled.how === 'committed') return resolve(yes(receiptOf(settled.row, false)));
			unwait?.();
			resolve(settled.how === 'failed' ? no(settled.failure) : answered(second(desk, one)));
		};
		desk.home.tell({kind: 'birth', task, input: one.input, expired: one.expired === true, settle});
	});
}

/** Somebody else's birth with this key came first; the unique index has said so (R10). */
async function second(desk: Desk, one: Submission): Promise<Answer<Receipt>> {
	const key = keyOfOne(one);
	const row = key && (await desk.home.store.loadByKey([key])).get(keyOf(key));
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

/** The live version of a function that is known here and was not paused; undefined: it must be looked up. */
function knownVersion({home}: Desk, {function: name, options}: Submission): Meta | undefined {
	const known = options?.version === undefined ? home.functions.get(name) : undefined;
	return known && known.row.state !== 'retired' && !known.row.pause ? known.live : undefined;
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

/** Every field by its name: a row that is copied from parts is made several times. */
function newTask({ambient, id}: Desk, one: Submission, version: Meta): Task {
	const now = ambient.clock.now();
	const {key, expiresInMs, deadline, timeoutMs, maxAttempts, trace, class: named, spill} = one.options ?? {};
	const {digest, policy} = version;
	return {
		id: id(),
		function: one.function,
		version: digest,
		pool: partOf(policy.pool ?? defaultPool, policy.needs),
		class: named ?? policy.class ?? defaultClass,
		door: one.door,
		asynchronous: one.asynchronous,
		key: key ?? null,
		keyDigest: key === undefined ? null : digestOf(one.input),
		attempt: 1,
		charged: 0,
		losses: 0,
		maxAttempts: maxAttempts ?? policy.maxAttempts,
		wallMs: timeoutMs === undefined ? null : Math.min(timeoutMs, policy.wallMs),
		// An area that knew no chunks would take it for one input.
		spill: one.chunk === undefined && (spill ?? policy.spill ?? false),
		chunk: one.chunk ?? null,
		placed: false,
		grants: 0,
		soloLosses: 0,
		soloCopies: [],
		deaths: [],
		expiresAt: one.expired ? now : expiresInMs === undefined ? null : now + expiresInMs,
		deadline: deadline ?? null,
		dueAt: null,
		replyTo: one.replyTo ?? null,
		correlationId: one.correlationId ?? null,
		trace: trace ?? null,
		failure: null,
		usage: null,
		createdAt: now,
		updatedAt: now,
		startedAt: null,
		endedAt: null,
		state: 'accepted',
	};
}

function receiptOf(row: TaskRow, existing: boolean): Receipt {
	return {task: row.id, function: row.function, state: row.state, existing};
}

/** Enough of a sha256 to tell two inputs of one key apart. */
const digestOf = (input: Buffer): string =>
	createHash('sha256').update(input).digest('base64url').slice(0, 22);

const none = yes<ReadonlyMap<string, TaskRow>>(new Map());

const keyOfOne = ({function: fn, options}: Submission): TaskKey | undefined =>
	options?.key === undefined ? undefined : {function: fn, key: options.key};
