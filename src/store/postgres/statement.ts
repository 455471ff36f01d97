// One commit as one statement: one round trip, one transaction. Its parts run in this order, because each
// reads what one before it gives:
//
//	fenced   the home, if it is this process's; else nothing below has a row to work on
//	locked   the rows of moves, and the tasks of tidied timers, locked in the order of their ids
//	born     births, in the order of their keys (R10)
//	moved    moves: only the revision that was decided on is replaced (R1)
//	refused  births and moves that were not taken; nothing else of theirs is written
//	         then bodies and timers
//	counted, marked   the cells of the counts and the home's row, which all commits of a home change: last, so that
//	         a second commit does its own work while the first waits for the disk
//
// Whether another process has opened the home since is only certain once its row is locked. If it has, the
// statement fails, and nothing of it stays.
//
// Every commit takes its locks in this order, so that two of them do not wait for each other in a circle.
// One statement changes a row at most once, so no id and no key may be in it twice (wave.ts).
// Rows come as one array for each column and bodies in one blob, so the statement is the same for one row
// and for thousands, and is planned once for each connection.
import {columns, type Group} from './columns.ts';

/** Parameters that are no arrays come first, in this order. */
const single = {home: 'text', epoch: 'bigint', acted: 'bigint', seq: 'bigint', blob: 'bytea'} as const;

const numbers = new Map(
	[
		...Object.keys(single),
		...Object.entries(columns).flatMap(([group, of]) => Object.keys(of).map(name => `${group}.${name}`)),
	].map((name, index) => [name, index + 1]),
);

const one = (name: keyof typeof single): string => `$${numbers.get(name)}::${single[name]}`;

/** A table of some columns of the rows of one kind. */
function rows(group: Group, ...names: readonly string[]): string {
	const all: Readonly<Record<string, readonly [type: string, of: unknown]>> = columns[group];
	const chosen = names.length > 0 ? names : Object.keys(all);
	const arrays = chosen.map(name => `$${numbers.get(`${group}.${name}`)}::${all[name]?.[0]}[]`);
	return `unnest(${arrays.join(', ')}) as ${group}(${chosen.join(', ')})`;
}

const body = (name: string): string => `substring(${one('blob')} from ${name}_from for ${name}_for)`;

// Mostly empty, so comparing with each of them costs nothing.
const taken = (id: string): string => `${id} <> all((select ids from refused)::text[])`;

export const commitStatement = `
with fenced as (
	select home, epoch, ${one('seq')} as seq
	from homes where home = ${one('home')} and epoch = ${one('epoch')}
), locked as materialized (
	select now.id, now.function, now.state, now.placed, now.pool, now.class
	from (
		select id collate "C" as id, expected from ${rows('moves', 'id', 'expected')}
		union all select task, null from ${rows('tidies', 'task')} order by id
	) as wanted, lateral (
		select id, function, state, placed, pool, class, revision from tasks where tasks.id = wanted.id for update
	) as now
	where (select count(*) from fenced) = 1 and now.revision = wanted.expected
), born as (
	insert into tasks(
		id, function, version, pool, class, state, open, placed, attempt, max_attempts, asynchronous, key,
		reply_to, home, epoch, seq, revision, created_at, updated_at, started_at, ended_at, expires_at,
		deadline, due_at, origin, usage, trouble
	) select
		id, function, version, pool, class, state, open, placed, attempt, max_attempts, asynchronous, key,
		reply_to, fenced.home, fenced.epoch, fenced.seq, 1, created_at, updated_at, started_at, ended_at, expires_at,
		deadline, due_at, origin, usage, trouble
	from fenced, ${rows('births')}
	where (select count(*) from locked) >= 0
	order by function collate "C", key collate "C", id collate "C"
	on conflict do nothing
	returning id, function, state, placed, pool, class
), moved as (
	update tasks set
		version = moves.version, state = moves.state, open = moves.open, placed = moves.placed,
		attempt = moves.attempt, max_attempts = moves.max_attempts, reply_to = moves.reply_to,
		home = fenced.home, epoch = fenced.epoch, seq = fenced.seq, revision = tasks.revision + 1,
		updated_at = moves.updated_at, started_at = moves.started_at, ended_at = moves.ended_at,
		expires_at = moves.expires_at, deadline = moves.deadline, due_at = moves.due_at,
		usage = moves.usage, trouble = moves.trouble
	from fenced, ${rows('moves')}
	where tasks.id = moves.id and tasks.revision = moves.expected and (select count(*) from born) >= 0
	returning tasks.id, tasks.function, tasks.state, tasks.placed, tasks.pool, tasks.class
), tidied as (
	delete from timers using fenced, ${rows('tidies')}
	where timers.task = tidies.task and timers.kind = tidies.kind and timers.at = tidies.at
		and timers.attempt = tidies.attempt and (select count(*) from moved) >= 0
	returning timers.task
), refused as materialized (
	select array(
		(select id from ${rows('births', 'id')} union all select id from ${rows('moves', 'id')})
		except (select id from born union all select id from moved)
	) as ids
), kept_inputs as (
	insert into inputs(task, body) select id, ${body('input')}
	from ${rows('births', 'id', 'input_from', 'input_for')} where ${taken('id')}
	returning 1
), kept_results as (
	insert into results(task, body) select id, ${body('result')}
	from ${rows('moves', 'id', 'result_from', 'result_for')} where result_for is not null and ${taken('id')}
	on conflict do nothing returning 1
), kept_logs as (
	insert into logs(task, attempt, lines) select id, log_attempt, ${body('log')}
	from ${rows('moves', 'id', 'log_attempt', 'log_from', 'log_for')} where log_for is not null and ${taken('id')}
	on conflict do nothing returning 1
), kept_history as (
	insert into history(task, revision, entries) select id, revision, ${body('history')} from (
		select id, 1 as revision, history_from, history_for from ${rows('births', 'id', 'history_from', 'history_for')}
		union all select id, expected + 1, history_from, history_for
		from ${rows('moves', 'id', 'expected', 'history_from', 'history_for')}
	) as told where history_for is not null and ${taken('id')}
	returning 1
), cleared as (
	delete from timers using ${rows('clears')}
	where timers.task = clears.task and clears.kind in ('*', timers.kind) and ${taken('clears.task')}
		-- What is set anew is changed below: one statement must not change it twice.
		and timers.kind <> all(string_to_array(clears.spared, ' '))
	returning 1
), set_anew as (
	insert into timers(task, kind, at, attempt) select task, kind, at, attempt
	from ${rows('sets')} where ${taken('task')}
	on conflict(task, kind) do update set at = excluded.at, attempt = excluded.attempt
	returning 1
), settled as materialized (
	select ${['kept_inputs', 'kept_results', 'kept_logs', 'kept_history', 'cleared', 'set_anew'].map(name => `(select count(*) from ${name})`).join(' + ')} as changes
), counted as (
	insert into counts(home, function, state, placed, pool, class, count)
	select ${one('home')}, function, state, placed, pool, class, sum(delta) from (
		select function, state, placed, pool, class, 1 as delta from born
		union all select function, 'accepted', false, pool, class, 1 from born
		union all select function, state, placed, pool, class, 1 from moved
		union all select function, state, placed, pool, class, -1 from locked
	) as deltas where (select changes from settled) >= 0
	group by function, state, placed, pool, class having sum(delta) <> 0
	-- In one order, so that two commits do not wait for each other.
	order by function, state, placed, pool, class
	on conflict(home, function, state, placed, pool, class) do update set count = counts.count + excluded.count
	returning 1
), marked as (
	update homes set seq = greatest(homes.seq, fenced.seq), acted_through = greatest(acted_through, ${one('acted')})
	from fenced where homes.home = fenced.home and homes.epoch = fenced.epoch and (select count(*) from counted) >= 0
	returning homes.seq
)
select case when not exists(select from marked) then refuse_home() end, (select ids from refused) as refused, array(select task from tidied) as tidied`;
