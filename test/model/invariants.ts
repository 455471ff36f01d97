// What must never be, and what must be once nothing moves any more.
import {nodeHome} from './acted.ts';
import {blameOf, doesAt, isCharged} from './charge.ts';
import {type Model, specOf, violate} from './model.ts';
import type {Plan, Row} from './state.ts';
import {isTerminal} from './state.ts';
import type {World} from './world.ts';

/** At every write of a row. */
export function checkMove(m: Model, w: World, before: Row | undefined, plan: Plan): void {
	const {row} = plan;
	if (before && isTerminal(before.state) && row.state !== before.state && !plan.redrives) {
		violate(m, `terminal state changed: ${row.task} ${before.state} to ${row.state}`);
	}
	if (plan.takes) checkOutcome(m, w, before, plan);
	const spec = specOf(m, row.task);
	const does = doesAt(spec, plan.charges || row.attempt);
	const blame = plan.charges === 0 || does === 'killer' ? null : blameOf(spec, plan.charges);
	if (plan.charges && !(blame && isCharged(blame))) violate(m, `bystander charged: ${row.task} (${does})`);
	if (plan.limit && does !== 'killer') violate(m, `bystander ended by DELIVERY_LIMIT: ${row.task} (${does})`);
	if (!plan.fires) return;
	const times = (w.seen.fired[plan.fires] ?? 0) + 1;
	w.seen.fired[plan.fires] = times;
	if (times > 1) violate(m, `timer fired twice: ${plan.fires}`);
	const there = w.timers.some(timer => timer.id === plan.fires);
	if (!there) violate(m, `deleted timer fired: ${plan.fires}`);
}

function checkOutcome(m: Model, w: World, before: Row | undefined, {row, takes}: Plan): void {
	const name = `${row.task}#${takes}`;
	const times = (w.seen.outcomes[name] ?? 0) + 1;
	w.seen.outcomes[name] = times;
	if (times > 1) violate(m, `two outcomes taken: ${name}`);
	if (before?.attempt === takes) return;
	violate(m, `outcome of another attempt taken: ${name} while at ${before?.attempt}`);
}

/** Every end of every life is remembered; an adopter's write of the same end is none. */
export function recordEnd(m: Model, w: World, row: Row, before: Row | undefined): void {
	if (!isTerminal(row.state) || before?.state === row.state) return;
	w.seen.ends[`${row.task}#${row.attempt}`] = {
		state: row.state,
		reply: row.reply,
		replied: false,
		buried: false,
	};
	if (row.state === 'expired' && isRunning(w, row)) m.counts.expiredWhileRunning++;
}

function isRunning(w: World, {task, attempt}: Row): boolean {
	return Object.values(w.workers).some(({held}) =>
		held.some(({items}) =>
			items.some(item => item.task === task && item.attempt === attempt && item.state === 'running'),
		),
	);
}

/** At every write of a watermark: no row at or under it has an effect that was never carried out. */
export function checkCovered(m: Model, w: World, id: string): void {
	if (m.config.endsOnly) return;
	const {actedThrough} = nodeHome(w, id);
	for (const row of Object.values(w.rows)) {
		if (row.home !== id || row.seq > actedThrough) continue;
		const owed = neverDone(w, row);
		if (owed) violate(m, `watermark over an open effect: ${owed} of ${row.task}#${row.attempt}`);
	}
}

function neverDone(w: World, row: Row): string {
	const name = `${row.task}#${row.attempt}`;
	if (row.state === 'queued') return row.placed && !w.seen.dispatched[name] ? 'dispatch' : '';
	const end = w.seen.ends[name];
	if (!end || !isTerminal(row.state)) return '';
	if (end.reply && !end.replied) return 'reply';
	return end.state === 'dead' && !end.buried ? 'burial' : '';
}

/** Nothing more can happen by itself. */
export function checkRest(m: Model, w: World): string | null {
	for (const task of Object.keys(w.seen.accepted)) {
		if (!w.rows[task]) return `lost: ${task} was accepted and has no row`;
	}
	for (const row of Object.values(w.rows)) {
		const wrong = checkEnd(m, w, row);
		if (wrong) return wrong;
	}
	return checkEnds(w) ?? checkLeft(w);
}

function checkEnd(m: Model, w: World, {task, state, attempt, placed}: Row): string | null {
	if (!isTerminal(state)) return `stuck: ${task} is ${state}#${attempt}${placed ? ', placed' : ''}`;
	const spec = specOf(m, task);
	const {cancel, expire, deadline} = spec;
	const does = doesAt(spec, attempt);
	const good = does === 'ok' || does === 'fail1';
	if (state === 'dead' && good && m.rules.intakeDead !== 'born-dead') return `good task dead: ${task}`;
	if (state === 'succeeded' && !good) return `wrong end: ${task} ${state}`;
	if (state === 'cancelled' && !cancel) return `cancelled by nobody: ${task}`;
	if (state === 'expired' && !expire && !deadline) return `expired by nobody: ${task}`;
	if (w.seen.receipts[task] !== 'cancelled' || state === 'cancelled') return null;
	return `receipt broken: ${task} was said to be cancelled and is ${state}`;
}

function checkEnds(w: World): string | null {
	for (const [name, {state, reply, replied, buried}] of Object.entries(w.seen.ends)) {
		if (reply && !replied) return `reply never sent: ${name} ${state}`;
		if (state === 'dead' && !buried) return `dead letter never sent: ${name}`;
	}
	return null;
}

function checkLeft(w: World): string | null {
	for (const [task, caller] of Object.entries(w.producers)) {
		if (caller !== 'answered') return `producer never answered: ${task}`;
	}
	for (const [task, caller] of Object.entries(w.cancellers)) {
		if (caller !== 'answered') return `cancel never answered: ${task}`;
	}
	for (const [queue, messages] of Object.entries(w.queues)) {
		if (messages.length > 0 && queue !== 'returned') return `messages left: ${queue}`;
	}
	if (w.unacked.length > 0) return `unacked left: ${w.unacked.map(one => one.queue).join()}`;
	if (w.flights.length > 0) return `commits left: ${w.flights.map(one => one.home).join()}`;
	if (w.timers.length > 0) return `timer left: ${w.timers.map(one => one.id).join()}`;
	const waiting = Object.entries(w.nodes).find(([, node]) => node.up && node.redo.length > 0);
	return waiting ? `redo never done: ${waiting[0]}` : null;
}
