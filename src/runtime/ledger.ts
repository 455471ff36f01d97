// The two sides of the ledger are counters that the same commits keep, so a row that was deleted, or a backup
// that is half a backup, leaves them in balance. Only counting the rows shows that. The server that leads
// does it soon after its start and once an hour from then on, and each whenever it is asked to.
import {isTerminal} from '#actors/task.ts';
import type {Break} from '#contract/audit.ts';
import type {Ledger} from '#contract/status.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Count, Orphan, Recount, Store} from '#store/store.ts';

export type RowCount = {
	/** Counts the rows now. Whoever asks while that is done waits for the same count. @throws StoreTrouble */
	count(): Promise<void>;
	/** What was found is another's to tell from now on. */
	forget(): void;
	/** What the last count has found. */
	readonly breaks: readonly Break[];
	/** Undefined: there was none yet. */
	readonly last: {readonly at: number; readonly count: number; readonly tookMs: number} | undefined;
};

export function createRowCount({clock, log}: Ambient, store: Store): RowCount {
	let last: RowCount['last'];
	let breaks: readonly Break[] = [];
	let counting: Promise<void> | undefined;
	const count = async () => {
		const at = clock.now();
		const found = await store.recount();
		const tookMs = clock.now() - at;
		last = {at, count: sumOf(found.rows), tookMs};
		breaks = breaksOf(found, at);
		log[breaks.length > 0 ? 'error' : 'debug']({...last, breaks: breaks.length}, 'the rows are counted');
	};
	return {
		count() {
			counting ??= count().finally(() => {
				counting = undefined;
			});
			return counting;
		},
		forget() {
			breaks = [];
			last = undefined;
		},
		get breaks() {
			return breaks;
		},
		get last() {
			return last;
		},
	};
}

function breaksOf({rows, counts, births, orphans}: Recount, at: number): Break[] {
	const cells = new Map<string, {of: Count; counted: number; there: number}>();
	const cellOf = (of: Count) => {
		const name = `${of.function} ${of.state} ${of.placed}`;
		const cell = cells.get(name) ?? {of, counted: 0, there: 0};
		cells.set(name, cell);
		return cell;
	};
	for (const one of counts) cellOf(one).counted += one.count;
	for (const one of rows) cellOf(one).there += one.count;
	const broken = (task: string | null, why: string): Break => ({
		...{kind: 'ledger', task, why, since: at, healing: false},
	});
	const found = [...cells.values()]
		.filter(({counted, there}) => counted !== there)
		.map(({of, counted, there}) => {
			const state = of.placed ? `${of.state} and placed` : of.state;
			return broken(null, `${counted} tasks of ${of.function} should be ${state}, and ${there} rows are`);
		});
	const there = sumOf(rows);
	if (births !== there) found.push(broken(null, `${births} tasks should be there, and ${there} rows are`));
	return [...found, ...orphans.map(orphan => broken(orphan.task, whyOf(orphan)))];
}

function whyOf({task, after, lacks}: Orphan): string {
	if (lacks === 'input') return 'its row is there, and its input is gone';
	if (task !== null) return 'its row is gone; its input or a timer of it is there';
	const who = after === null ? 'a task older than all others' : `the task that was born after ${after}`;
	return `the row of ${who} is gone; its input is there`;
}

const sumOf = (counts: readonly Count[]): number => counts.reduce((all, {count}) => all + count, 0);

/** accepted = succeeded + dead + cancelled + expired + waiting + running, if nothing is missing. */
export function ledgerOf(counts: readonly Count[], births: number, heard: number): Ledger {
	const sum = (take: (one: Count) => boolean) => sumOf(counts.filter(take));
	const ended = (state: string) => sum(one => one.state === state);
	// Heartbeats are a second old: what they still call running may have ended since.
	const running = Math.min(heard, ended('queued'));
	return {
		accepted: births,
		succeeded: ended('succeeded'),
		dead: ended('dead'),
		cancelled: ended('cancelled'),
		expired: ended('expired'),
		waiting: sum(({state}) => !isTerminal(state)) - running,
		running,
	};
}
