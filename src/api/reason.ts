import {poolOf, readPart, serves} from '#actors/lane.ts';
import {isTerminal} from '#actors/task.ts';
import type {Why} from '#contract/audit.ts';
import type {TaskRow} from '#store/store.ts';
import type {Desk} from './desk.ts';
import {pausedSays, poolPausedSays} from './paused.ts';

type Reason = Pick<Why, 'reason' | 'text'>;

/** Nothing waits silently: what a task waits for, by the first thing that must change before it runs. */
export function reasonOf({home}: Desk, row: TaskRow): Reason {
	if (isTerminal(row.state)) return {reason: 'ended', text: `nothing: it is ${row.state}`};
	if (row.state === 'retrying') {
		const due = new Date(row.dueAt ?? 0).toISOString();
		return {reason: 'retry', text: `attempt ${row.attempt}, due at ${due}`};
	}
	if (home.roster.ran(row.id, row.attempt)) return {reason: 'runs', text: 'nothing: it runs'};
	const isAble = home.roster
		.workers()
		.some(one => serves(one, row.pool) && (one.state === 'idle' || one.state === 'busy'));
	const worker = nobodyIn(row.pool);
	const paused = home.functions.get(row.function)?.row.pause;
	if (!row.placed && paused) return {reason: 'paused', text: pausedSays(row.function, paused)};
	const pool = home.pools.get(poolOf(row.pool));
	if (!row.placed && pool) return {reason: 'paused', text: poolPausedSays(pool)};
	const {limits} = home.window;
	if (!row.placed && limits.free(row.function) === 0) {
		const most = limits.functions.get(row.function);
		return {reason: 'limit', text: `one of ${most} running attempts of ${row.function} to end`};
	}
	const store = home.trouble();
	if (store !== undefined) return {reason: 'store', text: `the store: ${store}`};
	const blocked = home.transport.blocked();
	if (blocked !== undefined) return {reason: 'broker', text: `the broker: ${blocked}`};
	if (!row.placed) {
		const {placed} = home.window.of(row);
		const room = `room in the broker, behind ${placed} attempts that are there`;
		return {reason: 'room', text: isAble ? room : `${room}, and ${worker}`};
	}
	const holder = home.roster.held().find(one => one.task === row.id && one.attempt === row.attempt);
	const elsewhere = home.roster
		.workers()
		.find(({id, pool}) => id === holder?.worker && pool !== poolOf(row.pool));
	if (elsewhere) return {reason: 'slot', text: `the area ${elsewhere.host} to begin it`};
	return isAble ? {reason: 'slot', text: 'a free slot of a worker'} : {reason: 'worker', text: worker};
}

function nobodyIn(part: string): string {
	const {pool, needs} = readPart(part);
	const which = needs.length > 0 ? `none with ${needs.join(' and ')}` : 'none';
	return `a worker: ${which} is alive in pool ${pool}`;
}
