// What a commit sends: for each kind of change the columns of its rows, each with its type and with where
// it comes from. A column becomes one array (array.ts), and the statement takes the arrays apart again.
import type {Task, TimerKind} from '#actors/task.ts';
import {isOpen, originOf, troubleOf, usageOf} from '#store/row.ts';
import type {Birth, Move, Timer} from '#store/store.ts';
import {type ElementType, encodeArray} from './array.ts';
import type {Place} from './blob.ts';
import {storable} from './text.ts';

type Column<Row> = readonly [
	type: ElementType,
	of: (row: Row) => unknown,
	/** It has a value in every row, and often the same: sent once then. */
	repeats?: 'repeats',
];
type Columns<Row> = Readonly<Record<string, Column<Row>>>;

export type BirthRow = {
	readonly task: Birth['task'];
	readonly input: Place;
};

export type MoveRow = {
	readonly task: Move['task'];
	readonly expected: number;
	readonly result: Place | undefined;
};

/** What is written beside a task: the log of an attempt, the history of a revision; `number` says of which. */
export type NoteRow = {
	readonly task: string;
	readonly number: number;
	readonly place: Place;
};

/** Timers of one kind, or (`*`) of all but those that are spared. */
export type Clear = {
	readonly task: string;
	readonly kind: TimerKind | '*';
	readonly spared: readonly TimerKind[];
};

/** What every change of a task's row may write. */
const current: Columns<{readonly task: Task}> = {
	version: ['text', ({task}) => task.version, 'repeats'],
	state: ['text', ({task}) => task.state, 'repeats'],
	open: ['boolean', ({task}) => isOpen(task), 'repeats'],
	placed: ['boolean', ({task}) => task.placed, 'repeats'],
	attempt: ['integer', ({task}) => task.attempt, 'repeats'],
	max_attempts: ['integer', ({task}) => task.maxAttempts, 'repeats'],
	reply_to: ['text', ({task}) => task.replyTo && storable(task.replyTo)],
	updated_at: ['bigint', ({task}) => task.updatedAt, 'repeats'],
	started_at: ['bigint', ({task}) => task.startedAt],
	ended_at: ['bigint', ({task}) => task.endedAt],
	expires_at: ['bigint', ({task}) => task.expiresAt],
	deadline: ['bigint', ({task}) => task.deadline],
	due_at: ['bigint', ({task}) => task.dueAt],
	usage: ['text', ({task}) => usageOf(task)],
	trouble: ['text', ({task}) => troubleOf(task)],
};

// What never changes after birth is sent with that alone.
const births: Columns<BirthRow> = {
	id: ['text', ({task}) => task.id],
	function: ['text', ({task}) => task.function, 'repeats'],
	pool: ['text', ({task}) => task.pool, 'repeats'],
	class: ['text', ({task}) => task.class, 'repeats'],
	asynchronous: ['boolean', ({task}) => task.asynchronous, 'repeats'],
	key: ['text', ({task}) => task.key && storable(task.key)],
	created_at: ['bigint', ({task}) => task.createdAt, 'repeats'],
	origin: ['text', ({task}) => originOf(task), 'repeats'],
	...current,
	input_from: ['integer', ({input}) => input.from],
	input_for: ['integer', ({input}) => input.length],
};

const moves: Columns<MoveRow> = {
	id: ['text', ({task}) => task.id],
	expected: ['bigint', ({expected}) => expected, 'repeats'],
	...current,
	result_from: ['integer', ({result}) => result?.from],
	result_for: ['integer', ({result}) => result?.length],
};

const notes: Columns<NoteRow> = {
	task: ['text', ({task}) => task],
	number: ['bigint', ({number}) => number],
	body_from: ['integer', ({place}) => place.from],
	body_for: ['integer', ({place}) => place.length],
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

export const columns = {births, moves, logs: notes, histories: notes, clears, sets: timers, tidies: timers};

export type Group = keyof typeof columns;

/** The rows of one statement, of each kind. No task and no key is among them twice. */
export type Rows = {
	readonly births: readonly BirthRow[];
	readonly moves: readonly MoveRow[];
	readonly logs: readonly NoteRow[];
	readonly histories: readonly NoteRow[];
	readonly clears: readonly Clear[];
	readonly sets: readonly Timer[];
	readonly tidies: readonly Timer[];
};

/** One array for each column of each of these kinds, in the order of the statement's parameters. */
export const arraysOf = (rows: Rows, groups: readonly Group[]): Buffer[] =>
	groups.flatMap(group => {
		const of: Columns<never> = columns[group];
		return Object.values(of).map(([type, value, repeats]) => {
			const values = (rows[group] as readonly never[]).map(row => value(row) ?? null);
			return encodeArray(type, values.every(one => one === values[0]) ? once(values, repeats) : values);
		});
	});

/** Of one value throughout. `unnest` fills what is missing with nulls, and the statement those with the first. */
function once(values: unknown[], repeats: Column<never>[2]): unknown[] {
	if (values[0] === null) return [];
	return repeats ? values.slice(0, 1) : values;
}
