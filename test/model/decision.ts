// What a decision is, and the shapes most of them have.
import {dispatch, tells} from './acted.ts';
import {type Model, nodeOf, specOf} from './model.ts';
import type {Effect, Node, Op, Plan, Row, TaskState} from './state.ts';
import type {World} from './world.ts';

/**
 * `commit`: the plan, then the effects. `pass`: effects without a commit. `ignore`: a `pass` that must
 * not be made from the cache (R4). `first`: effects, and then the event is decided again.
 */
export type Decision =
	| {readonly kind: 'commit'; readonly plan: Plan; readonly effects: Effect[]}
	| {readonly kind: 'pass' | 'ignore' | 'first'; readonly effects: Effect[]};

/** What a decision is made from. */
export type Case = {
	readonly m: Model;
	readonly w: World;
	readonly id: string;
	readonly node: Node;
	readonly op: Op;
	readonly row: Row | undefined;
	/** Owed by a commit whose answer was lost. */
	readonly extra: Effect[];
};

export const pass = (effects: Effect[]): Decision => ({kind: 'pass', effects});
export const first = (effects: Effect[]): Decision => ({kind: 'first', effects});
export const ignore = (effects: Effect[]): Decision => ({kind: 'ignore', effects});

export function change(row: Row, to: Partial<Row>, effects: Effect[], more: Partial<Plan> = {}): Decision {
	const plan = {
		row: {...row, ...to, rev: row.rev + 1},
		expected: row.rev,
		set: [],
		clear: [],
		fires: '',
		takes: 0,
		charges: 0,
		limit: false,
		redrives: false,
		...more,
	};
	return {kind: 'commit', plan, effects};
}

/** Every end deletes all timers of its task (R18) and tells of itself. */
export function end(
	w: World,
	row: Row,
	state: TaskState,
	before: Effect[],
	more: Partial<Plan> = {},
	to: Partial<Row> = {},
): Decision {
	const next = {...row, ...to, state};
	const clear = w.timers.filter(timer => timer.task === row.task).map(timer => timer.id);
	return change(row, {...to, state, placed: false}, [...before, ...tells(next)], {clear, ...more});
}

/** Queued with its dispatch if there is room in the broker, else in the backlog without an effect. */
export function enqueue(m: Model, row: Row, to: Partial<Row>, room: boolean, more: Partial<Plan>): Decision {
	const next: Row = {...row, ...to, state: 'queued', placed: room};
	if (!room) m.counts.waited++;
	return change(row, {...to, state: 'queued', placed: room}, room ? [dispatch(m, next, false)] : [], more);
}

/** Whether a home may put one more attempt into the broker. */
export function hasRoom({config}: Model, w: World, id: string): boolean {
	if (config.window === undefined) return true;
	let placed = 0;
	for (const row of Object.values(w.rows))
		if (row.home === id && row.state === 'queued' && row.placed) placed++;
	for (const {plan} of nodeOf(w, id).ops) {
		if (plan?.row.state === 'queued' && plan.row.placed && !w.rows[plan.row.task]?.placed) placed++;
	}
	return placed < config.window;
}

export const wantsReply = (m: Model, task: string): boolean => specOf(m, task).reply === true;
