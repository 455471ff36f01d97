// One commit as one statement: one round trip, one transaction. Its parts run in this order, because each
// reads what one before it gives:
//
//	locked   the rows of moves and the tasks of tidied timers, in the order of their ids: only where there are
//	         such timers; else the moves lock their rows themselves, in that order
//	moved    moves, with their results: only the revision that was decided on is replaced (R1)
//	born     births, in the order of their keys (R10)
//	         then inputs, logs, histories and timers, of what was taken
//	counted, marked   the cells of the counts and the home's row, which all commits of a home change: last, so that
//	         a second commit does its own work while the first waits for the disk
//
// Whether another process has opened the home since is only certain once its row is locked. If it has, the
// statement fails, and nothing of it stays.
//
// Every commit takes its locks in this order, so that two of them do not wait for each other in a circle.
// One statement changes a row at most once, so no id and no key may be in it twice (wave.ts).
// Rows come as one array for each column and bodies in one blob, so the statement is the same for one row
// and for thousands, and is planned once for each connection. A part costs as much as several tasks even where it
// has no rows, so most commits, of tasks that are born and go well, leave out what they have nothing for.
import {columns, type Group, type Rows} from './columns.ts';
import type {Statement} from './database.ts';
import {parametersOf} from './parameters.ts';

/** A statement, and the kinds of rows whose arrays follow its single parameters. */
export type CommitStatement = Statement & {readonly groups: readonly Group[]};

const all = Object.keys(columns) as Group[];
const plain = [['births'], ['moves'], ['births', 'moves']] as const satisfies readonly Group[][];

/** Each is planned by itself on each connection, so there are few. */
export const commitStatements: readonly CommitStatement[] = [...plain, all].map(groups => ({
	name: groups === all ? 'commit' : `commit_${groups.join('_')}`,
	text: textOf(groups),
	groups,
}));

/** The smallest one that has room for all of them. */
export function statementFor(rows: Rows): CommitStatement {
	const needed = all.filter(group => rows[group].length > 0);
	const found = commitStatements.find(({groups}) => needed.every(group => groups.includes(group)));
	return found as CommitStatement;
}

function textOf(groups: readonly Group[]): string {
	const {one, rows, count} = parametersOf(groups);
	const body = (name: string): string => `substring(${one('blob')} from ${name}_from for ${name}_for)`;
	const [isBirth, isMove, isAll] = [groups.includes('births'), groups.includes('moves'), groups === all];
	const [home, epoch, seq] = [one('home'), one('epoch'), one('seq')];

	const locked = `locked as materialized (
	select now.id from (
		select id collate "C" as id from ${rows('moves', 'id')}
		union all select task from ${rows('tidies', 'task')} order by id
	) as wanted, lateral (select id from tasks where tasks.id = wanted.id for update) as now
)`;

	const moved = `moved as (
	update tasks set
		was_state = tasks.state, was_placed = tasks.placed,
		version = moves.version, state = moves.state, open = moves.open, placed = moves.placed,
		attempt = moves.attempt, max_attempts = moves.max_attempts, reply_to = moves.reply_to,
		home = ${home}, epoch = ${epoch}, seq = ${seq}, revision = tasks.revision + 1,
		updated_at = moves.updated_at, started_at = moves.started_at, ended_at = moves.ended_at,
		expires_at = moves.expires_at, deadline = moves.deadline, due_at = moves.due_at,
		usage = moves.usage, trouble = moves.trouble, result = coalesce(tasks.result, ${body('result')})
	from ${rows('moves')}
	where tasks.id = moves.id and tasks.revision = moves.expected ${isAll ? after('locked') : ''}
	returning tasks.id, function, tasks.state, tasks.placed, pool, class, was_state, was_placed
)`;

	const born = `born as (
	insert into tasks(
		id, function, version, pool, class, state, open, placed, attempt, max_attempts, asynchronous, key,
		reply_to, home, epoch, seq, revision, created_at, updated_at, started_at, ended_at, expires_at,
		deadline, due_at, origin, usage, trouble
	) select
		id, function, version, pool, class, state, open, placed, attempt, max_attempts, asynchronous, key,
		reply_to, ${home}, ${epoch}, ${seq}, 1, created_at, updated_at, started_at, ended_at, expires_at,
		deadline, due_at, origin, usage, trouble
	from ${rows('births')} where true ${isMove ? after('moved') : ''}
	on conflict do nothing
	returning id, function, state, placed, pool, class
)`;

	const tidied = `tidied as (
	delete from timers using ${rows('tidies')}
	where timers.task = tidies.task and timers.kind = tidies.kind and timers.at = tidies.at
		and timers.attempt = tidies.attempt ${after('moved')}
	returning timers.task
)`;

	// Null: all that were sent, as nearly always; what is kept beside them is not looked up among them then.
	const known = `known as materialized (
	select case
		when ${sumOf([isBirth && count('births', 'id'), isMove && count('moves', 'id')])}
			= ${sumOf([isBirth && rowsIn('born'), isMove && rowsIn('moved')])} then null
		else array(${either(isBirth && 'select id from born', isMove && 'select id from moved')})
	end as ids
)`;

	const inputs = `kept_inputs as (
	insert into inputs(task, body) select id, ${body('input')}
	from ${rows('births', 'id', 'input_from', 'input_for')} where ${taken('id')}
	returning 1
)`;

	const beside = `kept_logs as (
	insert into logs(task, attempt, lines) select task, number, ${body('body')}
	from ${rows('logs')} where ${taken('task')}
	on conflict do nothing returning 1
), kept_history as (
	insert into history(task, revision, entries) select task, number, ${body('body')}
	from ${rows('histories')} where ${taken('task')}
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
)`;

	const kept = [
		isBirth && 'kept_inputs',
		...(isAll ? ['tidied', 'kept_logs', 'kept_history', 'cleared', 'set_anew'] : []),
	].filter(name => name !== false);
	const counted = `counted as (
	insert into counts(home, function, state, placed, pool, class, count)
	select ${home}, function, state, placed, pool, class, sum(delta) from (${either(
		isBirth && 'select function, state, placed, pool, class, 1 as delta from born',
		isBirth && "select function, 'accepted', false, pool, class, 1 from born",
		isMove && 'select function, state, placed, pool, class, 1 as delta from moved',
		isMove && 'select function, was_state, was_placed, pool, class, -1 from moved',
	)}) as deltas where true ${kept.map(after).join(' ')}
	group by function, state, placed, pool, class having sum(delta) <> 0
	-- In one order, so that two commits do not wait for each other.
	order by function, state, placed, pool, class
	on conflict(home, function, state, placed, pool, class) do update set count = counts.count + excluded.count
	returning 1
)`;

	const marked = `marked as (
	update homes set seq = greatest(homes.seq, ${seq}), acted_through = greatest(acted_through, ${one('acted')})
	where home = ${home} and epoch = ${epoch} ${after('counted')} returning 1
)`;

	const parts = [
		...[isAll && locked, isMove && moved, isBirth && born, isAll && tidied, known],
		...[isBirth && inputs, isAll && beside, counted, marked],
	];
	return `with ${parts.filter(part => part !== false).join(', ')}
select case when not exists(select from marked) then refuse_home() end, (select ids from known) as taken,
	${isAll ? 'array(select task from tidied)' : 'array[]::text[]'} as tidied`;
}

// Hoisted: the statements above are made while this file is read.
function rowsIn(part: string): string {
	return `(select count(*) from ${part})`;
}

/** That part is over first. */
function after(part: string): string {
	return `and ${rowsIn(part)} >= 0`;
}

function taken(id: string): string {
	return `coalesce(${id} = any((select ids from known)::text[]), true)`;
}

function either(...arms: readonly (string | false)[]): string {
	return arms.filter(arm => arm !== false).join(' union all ');
}

function sumOf(terms: readonly (string | false)[]): string {
	return `(${terms.filter(term => term !== false).join(' + ')})`;
}
