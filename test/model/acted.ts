// acted_through: how far a home's effects are done, and who does the rest after a crash.
//
// Every commit of a home has a number and stamps its rows with it. While the process lives, it carries
// each commit's effects through itself; the watermark it writes along with a later commit says up to
// which number all of that is over. What a crash leaves undone is therefore always in rows whose number
// is after the watermark in the store: they are the heirs that a start and an adoption look for.
import type {Model} from './model.ts';
import {nodeOf} from './model.ts';
import type {Effect, Node, Op, Row} from './state.ts';
import {isTerminal} from './state.ts';
import type {World} from './world.ts';

/** The watermark that the next commit writes: all effects of all commits up to here are confirmed. */
export function actedThrough(m: Model, w: World, id: string): number {
	const node = nodeOf(w, id);
	if (m.rules.acted === 'committed') return node.seq;
	let through = node.seq;
	for (const op of node.ops) {
		if (isOwing(m, op)) through = Math.min(through, op.pin - 1);
		// A11: it may be made already.
		if (op.flight > 0 && m.rules.pinFlying) through = Math.min(through, op.flight - 1);
	}
	// A6: what the last process left undone is not numbered by this one, so it holds the old watermark.
	const held = m.rules.hold !== 'none' && node.redo.length > 0;
	return held ? Math.min(through, node.hold) : through;
}

function isOwing(m: Model, op: Op): boolean {
	if (op.pin === 0) return false;
	if (op.stage !== 'act') return true;
	return m.rules.acted === 'sent' ? op.effects.some(isUnsent) : op.effects.length > 0;
}

const isUnsent = (effect: Effect): boolean => 'phase' in effect && effect.phase === 0;

/** What a row owes to the world when nobody knows whether its effects were carried out. */
export function owes(m: Model, row: Row): Effect[] {
	if (row.state === 'queued') return row.placed ? [dispatch(m, row, true)] : [];
	return isTerminal(row.state) ? tells(row) : [];
}

export function dispatch(m: Model, {task, attempt}: Row, again: boolean): Effect {
	return {kind: 'dispatch', task, attempt, again: again && m.rules.again, phase: 0, message: null};
}

/** The effects that tell of an end: the copy for the dead letters, the answer. */
export function tells({task, attempt, state, reply}: Row): Effect[] {
	const effects: Effect[] = [];
	if (state === 'dead') effects.push({kind: 'bury', task, attempt, state, phase: 0});
	if (reply) effects.push({kind: 'reply', task, attempt, state, phase: 0});
	return effects;
}

/** A5: the tasks that a home has to look at when it starts again, found once, at its start. */
export function inherited(m: Model, w: World, id: string): string[] {
	if (m.rules.redo === 'none') return [];
	const {epoch, actedThrough: through} = nodeHome(w, id);
	const found: string[] = [];
	for (const row of Object.values(w.rows)) {
		if (row.home !== id || row.epoch >= epoch) continue;
		if (!m.rules.redoAllEpochs && row.epoch !== epoch - 1) continue;
		if (isInherited(m, row, through)) found.push(row.task);
		else if (!isTerminal(row.state)) m.counts.leftAlone++;
	}
	return found;
}

export function isInherited(m: Model, row: Row, through: number): boolean {
	if (owes(m, row).length === 0) return false;
	if (!m.rules.redoEnds && isTerminal(row.state)) return false;
	if (row.seq > through) return true;
	// A9: a broker that died with its node holds nothing of what was confirmed.
	return m.config.durable === false && m.rules.redoPlaced && row.state === 'queued';
}

/**
 * A7: a row of a home that is not live, which may have effects that were never carried out; or an attempt in the
 * broker, after which somebody has to look.
 */
export function isOrphan(m: Model, w: World, id: string, row: Row): boolean {
	if (row.home === id || w.live[row.home] || owes(m, row).length === 0) return false;
	return row.state === 'queued' || row.seq > nodeHome(w, row.home).actedThrough;
}

/** A7: what an adopter does for a row: what its home has surely put into the broker stays there. */
export function adopted(m: Model, w: World, row: Row): Effect[] {
	const isSent = row.state === 'queued' && row.seq <= nodeHome(w, row.home).actedThrough;
	return isSent || (row.state === 'queued' && m.rules.adoptTrusts === 'placed') ? [] : owes(m, row);
}

/**
 * A8: a redrive waits for its end. Of its own rows a home knows which ends are to be told, which events may turn
 * out to owe one, and what it has yet to redo.
 */
export function waitsForEnd(m: Model, w: World, id: string, {ops, redo, epoch}: Node, by: Op): boolean {
	const row = w.rows[by.task];
	const isOurs = by.kind === 'redrive' && by.stage === 'decide' && row?.state === 'dead' && row.home === id;
	if (!isOurs || m.rules.endFirst === 'none') return false;
	const owing = ops.filter(op => op !== by && (op.flight > 0 || isOwing(m, op)));
	if (m.rules.endFirst === 'number') return owing.some(op => op.pin === row.seq);
	return (row.epoch < epoch && redo.includes(by.task)) || owing.some(op => op.task === by.task);
}

export function nodeHome(w: World, home: string) {
	const row = w.homes[home];
	if (!row) throw new Error(`expected a home row of ${home}`);
	return row;
}
