// The shape of the file, as numbered steps that only go forward. A step that was released is never
// edited (its checksum is kept in the file): a change of shape is a new step at the end.
import type {Migration} from '#store/ledger.ts';

export const migrations: readonly Migration[] = [
	{
		name: 'functions, tasks and timers',
		sql: `
-- Nodes that commit here. Written by every commit: the number of the commit and how far its effects are done.
create table homes(
	home text primary key,
	epoch integer not null,
	seq integer not null,
	acted_through integer not null
) without rowid;

-- The hot row: what is queried or changes on the happy way is a column. Three JSON texts hold the
-- rest: \`origin\` is written once at birth, \`usage\` at an end, \`trouble\` is null until something
-- went wrong. \`open\` is 0 in a terminal state. \`was_*\` is where the last move came from, so that a
-- move can keep \`counts\` true without reading the row first.
create table tasks(
	n integer primary key,
	id text not null unique,
	function text not null,
	version text not null,
	pool text not null,
	class text not null,
	state text not null,
	open integer not null,
	placed integer not null,
	was_state text,
	was_placed integer,
	attempt integer not null,
	max_attempts integer not null,
	asynchronous integer not null,
	key text,
	reply_to text,
	home text not null,
	epoch integer not null,
	seq integer not null,
	revision integer not null,
	created_at integer not null,
	updated_at integer not null,
	started_at integer,
	ended_at integer,
	expires_at integer,
	deadline integer,
	due_at integer,
	origin text not null,
	usage text,
	trouble text
);
create unique index tasks_key on tasks(function, key) where key is not null;
create index tasks_backlog on tasks(pool, class, id) where state = 'queued' and placed = 0;
create index tasks_function on tasks(function, id);
create index tasks_open on tasks(id) where open = 1;
-- Few rows: what people look for among millions that went well.
create index tasks_failed on tasks(id) where open = 0 and state <> 'succeeded';
create index tasks_ended on tasks(ended_at) where open = 0;
create index tasks_settled on tasks(home, seq) where open = 0;

-- Bodies, by \`tasks.n\`; written once, never changed.
create table inputs(n integer primary key, body blob not null);
create table results(n integer primary key, body blob not null);
create table logs(n integer not null, attempt integer not null, lines blob not null, primary key(n, attempt));

create table timers(
	task text not null,
	kind text not null,
	at integer not null,
	attempt integer not null,
	primary key(task, kind)
) without rowid;
create index timers_at on timers(at);

-- How many tasks there are; kept by every commit, because counting millions takes seconds.
create table counts(
	function text not null,
	state text not null,
	placed integer not null,
	count integer not null,
	primary key(function, state, placed)
) without rowid;

create table functions(name text primary key, state text not null, revision integer not null, body text not null);
-- \`body\` is JSON without the code. Two functions may hold the same code, so a digest alone is no key.
create table versions(
	function text not null,
	digest text not null,
	number integer not null,
	body text not null,
	code blob not null,
	map blob,
	primary key(function, digest)
);
create index versions_digest on versions(digest);
`,
	},
	{
		name: 'history of tasks, births counted',
		sql: `
-- What a row does not tell by itself, by \`tasks.n\`: one text for each commit that had something to say.
create table history(n integer not null, revision integer not null, entries blob not null, primary key(n, revision));
-- The ledger: \`accepted\` is no state of a row, so its cell counts the births of all rows that are here.
insert into counts(function, state, placed, count)
	select function, 'accepted', 0, count(*) from tasks group by function;
`,
	},
	{
		name: 'the backlog by function',
		sql: `
-- What waits, so that one function can be left out without reading past its tasks (backlog.ts).
create index tasks_waiting on tasks(pool, class, function, id) where state = 'queued' and placed = 0;
drop index tasks_backlog;
`,
	},
	{
		name: 'what is placed, among what is open',
		sql: `
-- A home that starts looks for its placed rows among all open ones: the index tells them apart without the
-- rows. Every move writes this index anyway, because it sets \`open\`.
drop index tasks_open;
create index tasks_open on tasks(id, placed) where open = 1;
`,
	},
	{
		name: 'leases of homes',
		sql: `
-- Until when it lives, in ms by the clock of this machine; null: it holds no lease.
alter table homes add column live_until integer;
`,
	},
	{
		name: 'counts by lane',
		sql: `
-- Each lane has its own window, so what waits in each is counted by the commits too. Until now there was one.
alter table counts rename to counts_of_one_lane;
create table counts(
	function text not null,
	state text not null,
	placed integer not null,
	pool text not null,
	class text not null,
	count integer not null,
	primary key(function, state, placed, pool, class)
) without rowid;
insert into counts(function, state, placed, pool, class, count)
	select function, state, placed, 'default', 'normal', count from counts_of_one_lane;
drop table counts_of_one_lane;
`,
	},
	{
		name: 'how many workers a pool should have',
		sql: `
-- As an operator or a rule said it last; supervisors are told their part of it.
create table scales(
	pool text primary key,
	workers integer not null,
	at integer not null
) without rowid;
`,
	},
	{
		name: 'pools that are paused',
		sql: `
-- By an operator; a pool that is not here is not paused.
create table pauses(
	pool text primary key,
	why text not null,
	at integer not null
) without rowid;
`,
	},
	{
		name: 'tasks that executors died of',
		sql: `
-- For the breaker: few rows, found by their last death. Whatever else is written passes this index by.
create index tasks_deadly on tasks(function, version, json_extract(trouble, '$.deaths[#-1]'))
	where instr(trouble, '{"deaths":[') = 1;
`,
	},
	{
		name: 'what the audit looks for',
		sql: `
-- Rows that wait for a timer, by the time at which it is due: one that has none is found by that. Few have any.
create index tasks_retry on tasks(due_at) where state = 'retrying';
create index tasks_expire on tasks(expires_at) where open = 1 and expires_at is not null and started_at is null;
create index tasks_deadline on tasks(deadline) where open = 1 and deadline is not null;
`,
	},
	{
		name: 'what is known of a home',
		sql: `
-- What a server says of itself, when it said something last, and whether it is to be shown. The row of one
-- that is forgotten stays: its tasks name it, and if it comes back its numbers go on.
alter table homes add column host text;
alter table homes add column version text;
alter table homes add column local_pool text;
alter table homes add column areas integer;
alter table homes add column opened_at integer;
alter table homes add column heard_at integer;
alter table homes add column forgotten integer not null default 0;
`,
	},
];
