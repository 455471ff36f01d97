// The port in a hundred lines of maps: what any store must answer after any history.
import {isTerminal, type TaskState} from '#actors/task.ts';
import type {HomeRow} from '#store/home.ts';
import type {ListQuery} from '#store/query.ts';
import type {
	Batch,
	Birth,
	Change,
	Count,
	Deploy,
	Fate,
	HistoryRow,
	Move,
	Stamp,
	TaskRow,
	Timer,
} from '#store/store.ts';

type Kept = {row: TaskRow; input: Buffer; result?: Buffer; logs: Map<number, Buffer>; history: HistoryRow[]};

export function createModel() {
	const homes = new Map<string, HomeRow>();
	const tasks = new Map<string, Kept>();
	const timers = new Map<string, Timer>();
	const functions = new Map<string, number>();
	const rows = () => [...tasks.values()].map(kept => kept.row).sort(byId);

	function open(home: string): HomeRow {
		const old = homes.get(home) ?? {home, epoch: 0, seq: 0, actedThrough: 0};
		const row = {...old, epoch: old.epoch + 1};
		homes.set(home, row);
		return row;
	}

	/** Undefined: fenced. */
	function commit({home, epoch, seq, actedThrough, changes}: Batch) {
		const old = homes.get(home);
		if (!old || old.epoch !== epoch) return undefined;
		const mark = Math.max(old.actedThrough, actedThrough);
		homes.set(home, {...old, seq: Math.max(old.seq, seq), actedThrough: mark});
		const stamp = {home, epoch, seq};
		return {fates: changes.map(change => apply(change, stamp))};
	}

	function apply(change: Change, stamp: Omit<Stamp, 'revision'>): Fate {
		switch (change.kind) {
			case 'birth':
				return bear(change, stamp);
			case 'move':
				return move(change, stamp);
			case 'deploy':
				return deploy(change);
			case 'retire':
				if (functions.get(change.function) !== change.expected) return 'conflict';
				functions.delete(change.function);
				return 'done';
			case 'tidy':
				return tidy(change.timer);
		}
	}

	function bear({task, input, timers: set = []}: Birth, stamp: Omit<Stamp, 'revision'>): Fate {
		const taken = rows().some(
			row =>
				row.id === task.id || (task.key !== null && row.function === task.function && row.key === task.key),
		);
		if (taken) return 'exists';
		tasks.set(task.id, {row: {...task, ...stamp, revision: 1}, input, logs: new Map(), history: []});
		for (const timer of set) timers.set(nameOf(timer), timer);
		return 'done';
	}

	function move(change: Move, stamp: Omit<Stamp, 'revision'>): Fate {
		const kept = tasks.get(change.task.id);
		if (!kept || kept.row.revision !== change.expected) return 'conflict';
		kept.row = {...change.task, ...stamp, revision: kept.row.revision + 1};
		if (change.result) kept.result ??= change.result;
		if (change.log && !kept.logs.has(change.log.attempt)) kept.logs.set(change.log.attempt, change.log.lines);
		if (change.history) kept.history.push({revision: kept.row.revision, entries: change.history});
		for (const timer of timers.values()) {
			const cleared = change.clear === 'all' || change.clear?.includes(timer.kind);
			if (timer.task === change.task.id && cleared) timers.delete(nameOf(timer));
		}
		for (const timer of change.set ?? []) timers.set(nameOf(timer), timer);
		return 'done';
	}

	function deploy({function: {name}, expected}: Deploy): Fate {
		if ((functions.get(name) ?? 0) !== expected) return 'conflict';
		functions.set(name, expected + 1);
		return 'done';
	}

	function tidy(timer: Timer): Fate {
		const found = timers.get(nameOf(timer));
		if (found?.at !== timer.at || found.attempt !== timer.attempt) return 'conflict';
		timers.delete(nameOf(timer));
		return 'done';
	}

	return {
		open,
		commit,
		rows,
		tasks,
		functions,
		home: (home: string) => homes.get(home),
		due: (now: number) => [...timers.values()].filter(timer => timer.at <= now).sort(byTime),
		backlog: (except: readonly string[]) =>
			rows().filter(row => row.state === 'queued' && !row.placed && !except.includes(row.function)),
		owing: (home: string, epoch: number, actedThrough: number) =>
			rows()
				.filter(row => row.home === home && row.epoch < epoch)
				.filter(row => (isTerminal(row.state) ? row.seq > actedThrough : row.placed)),
		list: (query: ListQuery) => rows().reverse().filter(matches(query)).slice(0, query.limit),
		counts: () => countsOf(rows()),
		/** The ones that may be pruned; `prune` is told which of them were. */
		prunable: (endedBefore: number) =>
			rows().filter(
				row =>
					isTerminal(row.state) &&
					row.endedAt !== null &&
					row.endedAt < endedBefore &&
					row.seq <= (homes.get(row.home)?.actedThrough ?? 0),
			),
		prune: (ids: readonly string[]) => {
			for (const id of ids) tasks.delete(id);
		},
	};
}

const matches = (query: ListQuery) => (row: TaskRow) =>
	(query.function === undefined || row.function === query.function) &&
	(query.states === undefined || query.states.includes(row.state)) &&
	(query.before === undefined || row.id < query.before) &&
	(!query.asynchronous || row.asynchronous);

function countsOf(rows: readonly TaskRow[]): Count[] {
	const cells = new Map<string, {function: string; state: TaskState; placed: boolean; count: number}>();
	for (const {function: fn, state, placed} of rows) {
		const name = `${fn} ${state} ${Number(placed)}`;
		const cell = cells.get(name) ?? {function: fn, state, placed, count: 0};
		cell.count += 1;
		cells.set(name, cell);
	}
	return [...cells].sort(([a], [b]) => order(a, b)).map(([, cell]) => cell);
}

const nameOf = ({task, kind}: Timer) => `${task} ${kind}`;
const order = (a: string, b: string) => (a < b ? -1 : Number(a > b));
const byId = (a: TaskRow, b: TaskRow) => order(a.id, b.id);
const byTime = (a: Timer, b: Timer) => a.at - b.at || order(nameOf(a), nameOf(b));
