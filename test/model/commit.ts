// The store: one transaction for all the rows of a group, each judged by itself (R1), with the home's
// own row in it: its greatest number and its watermark.
import {actedThrough, nodeHome} from './acted.ts';
import {ack, dropLink, linkOf} from './broker.ts';
import {checkCovered, checkMove, recordEnd} from './invariants.ts';
import {type Model, nodeOf, violate} from './model.ts';
import type {Flight, Node, Op, Row} from './state.ts';
import type {World} from './world.ts';

/** What the node hears: the fates; nothing though it is done; nothing and it is not done. */
export type Answer = 'heard' | 'lost' | 'failed';

/** From its beginning to its end, and nothing in between. */
export function commit(m: Model, w: World, id: string, ops: readonly Op[], answer: Answer): void {
	const node = nodeOf(w, id);
	const begun = begin(m, w, id, ops);
	if (isFenced(m, w, begun)) {
		stop(m, w, id);
		return;
	}
	const {fates} = answer === 'failed' ? begun : make(m, w, begun);
	if (fates && answer === 'heard') hear(m, w, node, ops, fates, begun.seq);
	else forget(m, node, ops, begun.seq);
}

/** A1: the process gives its next number. */
export function begin(m: Model, w: World, id: string, ops: readonly Op[]): Flight {
	const node = nodeOf(w, id);
	const {epoch} = node;
	const through = actedThrough(m, w, id);
	const home = nodeHome(w, id);
	if (through < home.actedThrough && epoch === home.epoch && !m.config.endsOnly) {
		violate(m, `watermark went back: ${id}`);
	}
	if (ops.length > 1) m.counts.grouped++;
	node.seq++;
	return {home: id, epoch, seq: node.seq, actedThrough: through, ops, fates: null};
}

export const isFenced = (m: Model, w: World, {home, epoch}: Flight): boolean =>
	m.rules.fence && epoch !== nodeHome(w, home).epoch;

/** The store makes it. */
export function make(m: Model, w: World, flight: Flight): Flight {
	const home = nodeHome(w, flight.home);
	home.seq = Math.max(home.seq, flight.seq);
	home.actedThrough = Math.max(home.actedThrough, flight.actedThrough);
	const fates = flight.ops.map(op => write(m, w, flight, op));
	checkCovered(m, w, flight.home);
	return {...flight, fates};
}

/** A2: another process has opened this home since. */
export function stop(m: Model, w: World, id: string): void {
	const node = nodeOf(w, id);
	m.counts.fenced++;
	dropLink(m, w, linkOf(id, node));
	Object.assign(node, {up: false, ops: []});
}

export function hear(
	m: Model,
	w: World,
	node: Node,
	ops: readonly Op[],
	fates: readonly (Row | null)[],
	seq: number,
): void {
	const some = fates.some(row => row !== null);
	ops.forEach((op, i) => {
		const row = fates[i] ?? (m.rules.judgeEach || !some ? null : (op.plan?.row ?? null));
		if (row) done(m, w, node, op, row, seq);
		else refuse(m, node, op);
	});
}

/** The row as written, or null for a conflict. */
function write(m: Model, w: World, {home, epoch, seq}: Flight, op: Op): Row | null {
	const {plan} = op;
	if (!plan) return null;
	const {row} = plan;
	const before = w.rows[row.task];
	if (plan.expected === 0 ? before : !before || (m.rules.revision && before.rev !== plan.expected))
		return null;
	checkMove(m, w, before, plan);
	// R5: whoever commits becomes the home.
	const next = m.rules.stamp || plan.expected === 0 ? {...row, home, epoch, seq} : row;
	w.rows[row.task] = next;
	w.timers = w.timers.filter(timer => !plan.clear.includes(timer.id));
	w.timers.push(...plan.set);
	recordEnd(m, w, next, before);
	m.wrote?.(op, plan, before, next);
	return next;
}

function done(m: Model, w: World, node: Node, op: Op, row: Row, seq: number): void {
	node.cache[op.task] = row;
	op.plan = null;
	op.stage = 'act';
	if (op.kind === 'redo' && m.rules.hold === 'committed')
		node.redo = node.redo.filter(task => task !== op.task);
	op.pin = op.pin === 0 ? seq : Math.min(op.pin, seq);
	if (m.rules.ackAfterEffects || op.tag === 0 || isUnfinished(op)) return;
	ack(w, op.tag, op.owner);
	op.tag = 0;
}

const isUnfinished = ({index, more}: Op): boolean => index + 1 < ((more.outcomes ?? more.items)?.length ?? 0);

function refuse(m: Model, node: Node, op: Op): void {
	m.counts.conflicts++;
	delete node.cache[op.task];
	op.plan = null;
	op.effects = [];
	op.stage = 'decide';
}

/** R6: nobody knows whether it was done. A4: it holds the watermark as if it were. */
export function forget(m: Model, node: Node, ops: readonly Op[], seq: number): void {
	for (const op of ops) {
		delete node.cache[op.task];
		op.plan = null;
		op.effects = [];
		op.stage = 'decide';
		op.unknown = true;
		if (m.rules.pinUnknown && op.pin === 0) op.pin = seq;
	}
}
