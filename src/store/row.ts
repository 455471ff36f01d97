import type {Failure} from '#actors/failure.ts';
import type {Class} from '#actors/lane.ts';
import {isTerminal, type Task, type TaskState, type Usage} from '#actors/task.ts';
import type {Death, DeathsQuery} from './query.ts';
import type {TaskRow} from './store.ts';

/** SQLite has no booleans. */
type Flag = 0 | 1 | boolean;

/** A row of `tasks` as a database gives it back; the adapters call its columns alike. */
export type TaskRecord = {
	readonly id: string;
	readonly function: string;
	readonly version: string;
	readonly pool: string;
	readonly class: Class;
	readonly state: TaskState;
	readonly placed: Flag;
	readonly attempt: number;
	readonly max_attempts: number;
	readonly asynchronous: Flag;
	readonly key: string | null;
	readonly reply_to: string | null;
	readonly home: string;
	readonly epoch: number;
	readonly seq: number;
	readonly revision: number;
	readonly created_at: number;
	readonly updated_at: number;
	readonly started_at: number | null;
	readonly ended_at: number | null;
	readonly expires_at: number | null;
	readonly deadline: number | null;
	readonly due_at: number | null;
	readonly origin: string;
	readonly usage: string | null;
	readonly trouble: string | null;
};

/** Written at birth, never changed. What is not there is null, or false: most tasks come with none of it. */
type Origin = Pick<Task, 'door'> &
	Partial<Pick<Task, 'keyDigest' | 'wallMs' | 'correlationId' | 'trace' | 'spill' | 'chunk'>>;

/** What went wrong so far, and what was done about it. */
type Trouble = Pick<Task, 'charged' | 'losses' | 'grants' | 'soloLosses' | 'soloCopies' | 'failure'> & {
	/** Absent where there are none, and the first of all where there are: an index looks for it there (schema.ts). */
	readonly deaths?: readonly number[];
};

const noTrouble: Trouble = {
	charged: 0,
	losses: 0,
	grants: 0,
	soloLosses: 0,
	soloCopies: [],
	failure: null,
};

export function originOf(task: Task): string {
	const {door, keyDigest, wallMs, correlationId, trace, spill, chunk} = task;
	const origin: Origin = {
		door,
		...(keyDigest !== null && {keyDigest}),
		...(wallMs !== null && {wallMs}),
		...(correlationId !== null && {correlationId}),
		...(trace !== null && {trace}),
		...(spill && {spill}),
		...(chunk !== null && {chunk}),
	};
	return JSON.stringify(origin);
}

export const usageOf = (task: Task): string | null =>
	task.usage === null ? null : JSON.stringify(task.usage);

/** Blanks are room that was kept for it. */
const usageIn = (text: string | null): Usage | null =>
	text === null || text.startsWith(' ') ? null : (JSON.parse(text) as Usage);

export function troubleOf(task: Task): string | null {
	const {charged, losses, grants, soloLosses, soloCopies, failure, deaths} = task;
	const clean = failure === null && charged + losses + grants + soloLosses === 0 && soloCopies.length === 0;
	if (clean && deaths.length === 0) return null;
	const trouble: Trouble = {
		...(deaths.length > 0 && {deaths}),
		...{charged, losses, grants, soloLosses, soloCopies, failure},
	};
	return JSON.stringify(trouble);
}

export const isOpen = (task: Task): boolean => !isTerminal(task.state);

export function taskRowOf(record: TaskRecord): TaskRow {
	const origin = JSON.parse(record.origin) as Origin;
	const trouble = record.trouble === null ? noTrouble : (JSON.parse(record.trouble) as Trouble);
	return {
		id: record.id,
		function: record.function,
		version: record.version,
		pool: record.pool,
		class: record.class,
		door: origin.door,
		asynchronous: Boolean(record.asynchronous),
		key: record.key,
		keyDigest: origin.keyDigest ?? null,
		attempt: record.attempt,
		charged: trouble.charged,
		losses: trouble.losses,
		maxAttempts: record.max_attempts,
		wallMs: origin.wallMs ?? null,
		spill: origin.spill ?? false,
		chunk: origin.chunk ?? null,
		placed: Boolean(record.placed),
		grants: trouble.grants,
		soloLosses: trouble.soloLosses,
		soloCopies: trouble.soloCopies,
		deaths: trouble.deaths ?? [],
		expiresAt: record.expires_at,
		deadline: record.deadline,
		dueAt: record.due_at,
		replyTo: record.reply_to,
		correlationId: origin.correlationId ?? null,
		trace: origin.trace ?? null,
		failure: trouble.failure as Failure | null,
		usage: usageIn(record.usage),
		createdAt: record.created_at,
		updatedAt: record.updated_at,
		startedAt: record.started_at,
		endedAt: record.ended_at,
		state: record.state,
		revision: record.revision,
		home: record.home,
		epoch: record.epoch,
		seq: record.seq,
	};
}

/** A blob comes as a Uint8Array of its own memory; the view costs nothing. */
export const bufferOf = (bytes: Uint8Array): Buffer =>
	Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Of rows whose last death is late enough, the others may not be. */
export function deathsOf(
	records: readonly {readonly id: string; readonly deaths: string}[],
	{since, most}: DeathsQuery,
): Death[] {
	return records
		.flatMap(({id: task, deaths}) => (JSON.parse(deaths) as number[]).map(at => ({task, at})))
		.filter(({at}) => at >= since)
		.sort((one, other) => other.at - one.at)
		.slice(0, most);
}
