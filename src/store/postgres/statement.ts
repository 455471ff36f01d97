// One commit as one statement: one round trip, one transaction. Its parts run in this order, because each
// reads what one before it gives:
//
//	fenced   the home, if it is this process's; else nothing below has a row to work on
//	locked   the rows of moves, and the tasks of tidied timers, locked in the order of their ids
//	born     births, in the order of their keys (R10)
//	moved    moves, with their results: only the revision that was decided on is replaced (R1)
//	refused  births and moves that were not taken; nothing else of theirs is written
//	         then inputs, logs, histories and timers
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
import {parametersOf, type Single} from './parameters.ts';

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
	const {one, rows} = parametersOf(groups);
	const body = (name: string): string => `substring(${one('blob')} from ${name}_from for ${name}_for)`;
	const [isBirth, isMove, isAll] = [groups.includes('births'), groups.includes('moves'), groups === all];

	const locked = `locked as materialized (
	select now.id, now.function, now.state, now.placed, now.pool, now.class
	from (
		select id collate "C" as id, expected from ${rows('moves', 'id', 'expected')}
		${isAll ? `union all select task, null from ${rows('tidies', 'task')}` : ''} order by id
	) as wanted, lateral (
		select id, function, state, placed, pool, class, revision from tasks where tasks.id = wanted.id for update
	) as now
	where (select count(*) from fenced) = 1 and now.revision = wanted.expected
)`;

	const born = `born as (
	insert into tasks(
		id, function, version, pool, class, state, open, placed, attempt, max_attempts, asynchronous, key,
		reply_to, home, epoch, seq, revision, created_at, updated_at, started_at, ended_at, expires_at,
		deadline, due_at, origin, usage, trouble
	) select
		id, function, version, pool, class, state, open, placed, attempt, max_attempts, asynchronous, key,
		reply_to, fenced.home, fenced.epoch, fenced.seq, 1, created_at, updated_at, started_at, ended_at, expires_at,
		deadline, due_at, origin, usage, trouble
	from fenced, ${rows('births')}
	${isMove ? 'where (select count(*) from locked) >= 0' : ''}
	order by function collate "C", key collate "C", id collate "C"
	on conflict do nothing
	returning id, function, state, placed, pool, class
)`;

	const moved = `moved as (
	update tasks set
		version = moves.version, state = moves.state, open = moves.open, placed = moves.placed,
		attempt = moves.attempt, max_attempts = moves.max_attempts, reply_to = moves.reply_to,
		home = fenced.home, epoch = fenced.epoch, seq = fenced.seq, revision = tasks.revision + 1,
		updated_at = moves.updated_at, started_at = moves.started_at, ended_at = moves.ended_at,
		expires_at = moves.expires_at, deadline = moves.deadline, due_at = moves.due_at,
		usage = moves.usage, trouble = moves.trouble, result = coalesce(tasks.result, ${body('result')})
	from fenced, ${rows('moves')}
	where tasks.id = moves.id and tasks.revision = moves.expected
		and (select count(*) from ${isBirth ? 'born' : 'locked'}) >= 0
	returning tasks.id, tasks.function, tasks.state, tasks.placed, tasks.pool, tasks.class
)`;

	const tidied = `tidied as (
	delete from timers using fenced, ${rows('tidies')}
	where timers.task = tidies.task and timers.kind = tidies.kind and timers.at = tidies.at
		and timers.attempt = tidies.attempt and (select count(*) from moved) >= 0
	returning timers.task
)`;

	const refused = `refused as materialized (
	select array(
		(${either(isBirth && `select id from ${rows('births', 'id')}`, isMove && `select id from ${rows('moves', 'id')}`)})
		except (${either(isBirth && 'select id from born', isMove && 'select id from moved')})
	) as ids
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
		...(isAll ? ['kept_logs', 'kept_history', 'cleared', 'set_anew'] : []),
	];
	const settled = `settled as materialized (select ${sumOf(kept)} as changes)`;

	const counted = `counted as (
	insert into counts(home, function, state, placed, pool, class, count)
	select ${one('home')}, function, state, placed, pool, class, sum(delta) from (${either(
		isBirth && 'select function, state, placed, pool, class, 1 as delta from born',
		isBirth && "select function, 'accepted', false, pool, class, 1 from born",
		isMove && 'select function, state, placed, pool, class, 1 as delta from moved',
		isMove && 'select function, state, placed, pool, class, -1 from locked',
	)}) as deltas where (select changes from settled) >= 0
	group by function, state, placed, pool, class having sum(delta) <> 0
	-- In one order, so that two commits do not wait for each other.
	order by function, state, placed, pool, class
	on conflict(home, function, state, placed, pool, class) do update set count = counts.count + excluded.count
	returning 1
)`;

	const marked = `marked as (
	update homes set seq = greatest(homes.seq, fenced.seq), acted_through = greatest(acted_through, ${one('acted')})
	from fenced where homes.home = fenced.home and homes.epoch = fenced.epoch and (select count(*) from counted) >= 0
	returning homes.seq
)`;

	const parts = [
		...[fencedOf(one), isMove && locked, isBirth && born, isMove && moved, isAll && tidied, refused],
		...[isBirth && inputs, isAll && beside, settled, counted, marked],
	];
	return `with ${parts.filter(part => part !== false).join(', ')}
select case when not exists(select from marked) then refuse_home() end, (select ids from refused) as refused,
	${isAll ? 'array(select task from tidied)' : 'array[]::text[]'} as tidied`;
}

function fencedOf(one: (name: Single) => string): string {
	return `fenced as (
	select home, epoch, ${one('seq')} as seq from homes where home = ${one('home')} and epoch = ${one('epoch')}
)`;
}

// Mostly empty, so comparing with each of them costs nothing.
function taken(id: string): string {
	return `${id} <> all((select ids from refused)::text[])`;
}

function either(...arms: readonly (string | false)[]): string {
	return arms.filter(arm => arm !== false).join(' union all ');
}

function sumOf(parts: readonly (string | false)[]): string {
	return ['0', ...parts.filter(part => part !== false).map(name => `(select count(*) from ${name})`)].join(
		' + ',
	);
}
