// The shape of the schema, as numbered steps that only go forward. A step that was released is never
// edited (its checksum is kept beside the tables): a change of shape is a new step at the end.
//
// Ids and names are compared byte by byte (`collate "C"`), as JavaScript compares them, whatever the
// database's language is: pages and the order of a backlog rest on it. Times are ms since the epoch.
import type {Migration} from '#store/ledger.ts';

export const migrations: readonly Migration[] = [
	{
		name: 'homes, tasks, timers and functions',
		sql: `
-- Nodes that commit here. Written by every commit: its number and how far the home's effects are done.
-- \`live_until\`: the end of its lease by the clock of this server; null: it holds none. Room in the page, so that a new row version needs no new index entry (HOT).
create table homes(
	home text collate "C" primary key,
	epoch bigint not null,
	seq bigint not null,
	acted_through bigint not null,
	live_until bigint
) with (fillfactor = 20);

-- The hot row. \`origin\`, \`usage\` and \`trouble\` are JSON texts (texts.ts); \`open\` is false in a terminal state.
-- Every move changes \`seq\`, which is indexed, so no move is HOT and a fillfactor would buy nothing.
create table tasks(
	id text collate "C" primary key,
	function text collate "C" not null,
	version text not null,
	pool text collate "C" not null,
	class text collate "C" not null,
	state text collate "C" not null,
	open boolean not null,
	placed boolean not null,
	attempt integer not null,
	max_attempts integer not null,
	asynchronous boolean not null,
	key text collate "C",
	reply_to text,
	home text collate "C" not null,
	epoch bigint not null,
	seq bigint not null,
	revision bigint not null,
	created_at bigint not null,
	updated_at bigint not null,
	started_at bigint,
	ended_at bigint,
	expires_at bigint,
	deadline bigint,
	due_at bigint,
	origin text not null,
	usage text,
	trouble text,
	-- How it went well; written with the end. The input has a row of its own, which no move writes again.
	result bytea
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
create unique index tasks_key on tasks(function, key) where key is not null;
-- What waits, so that one function can be left out without reading past its tasks (backlog.ts).
create index tasks_waiting on tasks(pool, class, function, id) where state = 'queued' and not placed;
create index tasks_function on tasks(function, id);
create index tasks_open on tasks(id) where open;
-- What a home has in the broker, and nothing of what waits.
create index tasks_placed on tasks(home, id) where open and placed;
create index tasks_settled on tasks(home, seq) where not open;
-- Few rows: what people look for among millions that went well.
create index tasks_failed on tasks(id) where not open and state <> 'succeeded';
create index tasks_ended on tasks(ended_at) where not open;

-- Bodies, written once, never changed.
create table inputs(task text collate "C" primary key, body bytea not null);
create table logs(task text collate "C", attempt integer, lines bytea not null, primary key(task, attempt));
create table history(task text collate "C", revision bigint, entries bytea not null, primary key(task, revision));

create table timers(
	task text collate "C" not null,
	kind text collate "C" not null,
	at bigint not null,
	attempt integer not null,
	primary key(task, kind)
) with (autovacuum_vacuum_scale_factor = 0.02);
create index timers_at on timers(at, task, kind);

-- How many tasks there are; kept by every commit, because counting millions takes seconds. One cell for
-- each home, so that homes do not wait for each other's commits; readers add them up. \`accepted\` is no
-- state of a row: its cells count births. What is pruned is taken off in the cells of the home ''.
create table counts(
	home text collate "C",
	function text collate "C",
	state text collate "C",
	placed boolean,
	pool text collate "C",
	class text collate "C",
	count bigint not null,
	primary key(home, function, state, placed, pool, class)
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create table functions(
	name text collate "C" primary key,
	state text not null,
	revision bigint not null,
	body text not null
);
-- \`body\` is JSON without the code. Two functions may hold the same code, so a digest alone is no key.
create table versions(
	function text collate "C",
	digest text collate "C",
	number integer not null,
	body text not null,
	code bytea not null,
	map bytea,
	primary key(function, digest)
);
create index versions_digest on versions(digest);
`,
	},
	{
		name: 'how many workers a pool should have',
		sql: `
-- As an operator or a rule said it last; supervisors are told their part of it.
create table scales(
	pool text collate "C" primary key,
	workers integer not null,
	at bigint not null
);
`,
	},
	{
		name: 'pools that are paused',
		sql: `
-- By an operator; a pool that is not here is not paused.
create table pauses(
	pool text collate "C" primary key,
	why text not null,
	at bigint not null
);
`,
	},
	{
		name: 'tasks that executors died of',
		sql: `
-- For the breaker: few rows, found by their last death. Whatever else is written passes this index by.
create index tasks_deadly on tasks(function, version, (substring(trouble from '([0-9]+)\\]')::bigint))
	where starts_with(trouble, '{"deaths":[');
`,
	},
	{
		name: 'commits of one home beside each other',
		sql: `
-- The end of a commit whose home another process has opened since: nothing of it stays.
create function refuse_home() returns boolean language plpgsql as $$
begin
	raise exception 'another process has opened this home' using errcode = 'WA001';
end $$;
`,
	},
	{
		name: 'what the audit looks for',
		sql: `
-- Rows that wait for a timer, by the time at which it is due: one that has none is found by that. Few have any.
create index tasks_retry on tasks(due_at) where state = 'retrying';
create index tasks_expire on tasks(expires_at) where open and expires_at is not null and started_at is null;
create index tasks_deadline on tasks(deadline) where open and deadline is not null;
`,
	},
	{
		name: 'what is known of a home',
		sql: `
-- What a server says of itself, when it said something last, and whether it is to be shown. The row of one
-- that is forgotten stays: its tasks name it, and if it comes back its numbers go on.
alter table homes add column host text, add column version text, add column local_pool text, add column areas boolean,
	add column opened_at bigint, add column heard_at bigint, add column forgotten boolean not null default false;
`,
	},
	{
		name: 'less to write for a task',
		sql: `
-- What a move replaced; it counts by that, without reading the row first.
alter table tasks add column was_state text collate "C", add column was_placed boolean;
-- One index where every open row was in two. A home's rows in the broker lie together in it, and so does what waits.
drop index tasks_open;
drop index tasks_placed;
create index tasks_open on tasks(home, placed, id) where open;
`,
	},
];
