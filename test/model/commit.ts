// The store: one transaction for all the rows of a group, each judged by itself (R1), with the home's
// own row in it: its next number and its watermark.
import {actedThrough, nodeHome} from './acted.ts';
import {ack, dropLink, linkOf} from './broker.ts';
import {checkCovered, checkMove, recordEnd} from './invariants.ts';
import {type Model, nodeOf, violate} from './model.ts';
import type {Node, Op, Row, World} from './state.ts';

/** What the node hears: the fates; nothing though it is done; nothing and it is not done. */
export type Answer = 'heard' | 'lost' | 'failed';

export function commit(m: Model, w: World, id: string, ops: readonly Op[], answer: Answer): void {
	const node = nodeOf(w, id);
	if (ops.length > 1) m.counts.grouped++;
	if (m.rules.fence && node.epoch !== nodeHome(w, id).epoch) {
		stop(m, w, id, node);
		return;
	}
	if (answer === 'failed') {
		forget(m, node, ops);
		return;
	}
	const home = nodeHome(w, id);
	const through = actedThrough(m, w, id);
	if (through < home.actedThrough && !m.config.endsOnly) violate(m, `watermark went back: ${id}`);
	home.seq++;
	home.actedThrough = through;
	const fates = ops.map(op => write(m, w, id, op));
	checkCovered(m, w, id);
	if (answer === 'lost') forget(m, node, ops);
	else hear(m, w, node, ops, fates, home.seq);
}

/** A2: another process has opened this home since. */
function stop(m: Model, w: World, id: string, node: Node): void {
	m.counts.fenced++;
	dropLink(m, w, linkOf(id, node));
	Object.assign(node, {up: false, ops: []});
}

function hear(
	m: Model,
	w: World,
	node: Node,
	ops: readonly Op[],
	fates: readonly (Row | null)[],
	seq: number,
): void {
	node.seq = seq;
	const some = fates.some(row => row !== null);
	ops.forEach((op, i) => {
		const row = fates[i] ?? (m.rules.judgeEach || !some ? null : (op.plan?.row ?? null));
		if (row) done(m, w, node, op, row);
		else refuse(m, node, op);
	});
}

/** The row as written, or null for a conflict. */
function write(m: Model, w: World, id: string, op: Op): Row | null {
	const {plan} = op;
	if (!plan) return null;
	const {row} = plan;
	const before = w.rows[row.task];
	if (plan.expected === 0 ? before : !before || (m.rules.revision && before.rev !== plan.expected))
		return null;
	checkMove(m, w, before, plan);
	const {epoch} = nodeOf(w, id);
	const {seq} = nodeHome(w, id);
	// R5: whoever commits becomes the home.
	const next = m.rules.stamp || plan.expected === 0 ? {...row, home: id, epoch, seq} : row;
	w.rows[row.task] = next;
	w.timers = w.timers.filter(timer => !plan.clear.includes(timer.id));
	w.timers.push(...plan.set);
	recordEnd(m, w, next, before);
	m.wrote?.(op, plan, before, next);
	return next;
}

function done(m: Model, w: World, node: Node, op: Op, row: Row): void {
	node.cache[op.task] = row;
	op.plan = null;
	op.stage = 'act';
	if (op.kind === 'redo' && m.rules.hold === 'committed')
		node.redo = node.redo.filter(task => task !== op.task);
	op.pin = op.pin === 0 ? node.seq : Math.min(op.pin, node.seq);
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
function forget(m: Model, node: Node, ops: readonly Op[]): void {
	for (const op of ops) {
		delete node.cache[op.task];
		op.plan = null;
		op.effects = [];
		op.stage = 'decide';
		op.unknown = true;
		if (m.rules.pinUnknown && op.pin === 0) op.pin = node.seq + 1;
	}
	if (!m.rules.onlyHeard) node.seq++;
}
