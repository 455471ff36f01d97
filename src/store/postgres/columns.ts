// What a commit sends: for each kind of change the columns of its rows, each with its type and with where
// it comes from. A column becomes one array (commit.ts), and the statement takes the arrays apart again.
import type {TimerKind} from '#actors/task.ts';
import {isOpen, originOf, troubleOf, usageOf} from '#store/row.ts';
import type {Birth, Move, Timer} from '#store/store.ts';
import type {Place} from './blob.ts';
import {storable} from './text.ts';

type Column<Row> = readonly [type: 'text' | 'bigint' | 'integer' | 'boolean', of: (row: Row) => unknown];
type Columns<Row> = Readonly<Record<string, Column<Row>>>;

export type BirthRow = {
	readonly task: Birth['task'];
	readonly input: Place;
	readonly history: Place | undefined;
};

export type MoveRow = {
	readonly task: Move['task'];
	readonly expected: number;
	readonly result: Place | undefined;
	readonly log: (Place & {readonly attempt: number}) | undefined;
	readonly history: Place | undefined;
};

/** Timers of one kind, or (`*`) of all but those that are spared. */
export type Clear = {
	readonly task: string;
	readonly kind: TimerKind | '*';
	readonly spared: readonly TimerKind[];
};

const births: Columns<BirthRow> = {
	id: ['text', ({task}) => task.id],
	function: ['text', ({task}) => task.function],
	version: ['text', ({task}) => task.version],
	pool: ['text', ({task}) => task.pool],
	class: ['text', ({task}) => task.class],
	state: ['text', ({task}) => task.state],
	open: ['boolean', ({task}) => isOpen(task)],
	placed: ['boolean', ({task}) => task.placed],
	attempt: ['integer', ({task}) => task.attempt],
	max_attempts: ['integer', ({task}) => task.maxAttempts],
	asynchronous: ['boolean', ({task}) => task.asynchronous],
	key: ['text', ({task}) => task.key && storable(task.key)],
	reply_to: ['text', ({task}) => task.replyTo && storable(task.replyTo)],
	created_at: ['bigint', ({task}) => task.createdAt],
	updated_at: ['bigint', ({task}) => task.updatedAt],
	started_at: ['bigint', ({task}) => task.startedAt],
	ended_at: ['bigint', ({task}) => task.endedAt],
	expires_at: ['bigint', ({task}) => task.expiresAt],
	deadline: ['bigint', ({task}) => task.deadline],
	due_at: ['bigint', ({task}) => task.dueAt],
	origin: ['text', ({task}) => originOf(task)],
	usage: ['text', ({task}) => usageOf(task)],
	trouble: ['text', ({task}) => troubleOf(task)],
	input_from: ['integer', ({input}) => input.from],
	input_for: ['integer', ({input}) => input.length],
	history_from: ['integer', ({history}) => history?.from],
	history_for: ['integer', ({history}) => history?.length],
};

// What never changes after birth (function, pool, class, key, origin) is not sent again.
const moves: Columns<MoveRow> = {
	id: ['text', ({task}) => task.id],
	expected: ['bigint', ({expected}) => expected],
	version: ['text', ({task}) => task.version],
	state: ['text', ({task}) => task.state],
	open: ['boolean', ({task}) => isOpen(task)],
	placed: ['boolean', ({task}) => task.placed],
	attempt: ['integer', ({task}) => task.attempt],
	max_attempts: ['integer', ({task}) => task.maxAttempts],
	reply_to: ['text', ({task}) => task.replyTo && storable(task.replyTo)],
	updated_at: ['bigint', ({task}) => task.updatedAt],
	started_at: ['bigint', ({task}) => task.startedAt],
	ended_at: ['bigint', ({task}) => task.endedAt],
	expires_at: ['bigint', ({task}) => task.expiresAt],
	deadline: ['bigint', ({task}) => task.deadline],
	due_at: ['bigint', ({task}) => task.dueAt],
	usage: ['text', ({task}) => usageOf(task)],
	trouble: ['text', ({task}) => troubleOf(task)],
	result_from: ['integer', ({result}) => result?.from],
	result_for: ['integer', ({result}) => result?.length],
	log_attempt: ['integer', ({log}) => log?.attempt],
	log_from: ['integer', ({log}) => log?.from],
	log_for: ['integer', ({log}) => log?.length],
	history_from: ['integer', ({history}) => history?.from],
	history_for: ['integer', ({history}) => history?.length],
};

const clears: Columns<Clear> = {
	task: ['text', ({task}) => task],
	kind: ['text', ({kind}) => kind],
	spared: ['text', ({spared}) => spared.join(' ')],
};

const timers: Columns<Timer> = {
	task: ['text', ({task}) => task],
	kind: ['text', ({kind}) => kind],
	at: ['bigint', ({at}) => at],
	attempt: ['integer', ({attempt}) => attempt],
};

export const columns = {births, moves, clears, sets: timers, tidies: timers};

export type Group = keyof typeof columns;

/** The rows of one statement, of each kind. No task and no key is among them twice. */
export type Rows = {
	readonly births: readonly BirthRow[];
	readonly moves: readonly MoveRow[];
	readonly clears: readonly Clear[];
	readonly sets: readonly Timer[];
	readonly tidies: readonly Timer[];
};

/** One array for each column of each kind, in the order of the statement's parameters. */
export function arraysOf({births: born, moves: moved, clears: cleared, sets, tidies}: Rows): unknown[][] {
	return [
		...turned(births, born),
		...turned(moves, moved),
		...turned(clears, cleared),
		...turned(timers, sets),
		...turned(timers, tidies),
	];
}

const turned = <Row>(of: Columns<Row>, rows: readonly Row[]): unknown[][] =>
	Object.values(of).map(([, value]) => rows.map(value));
