// A node decides on an event: what the row becomes and which effects follow the commit, or which
// effects there are without one.
import {owes} from './acted.ts';
import type {Decision} from './decision.ts';
import {type Model, nodeOf} from './model.ts';
import type {Node, Op, OpKind, Row} from './state.ts';
import {verbs} from './verbs.ts';
import type {World} from './world.ts';

const freshKinds: ReadonlySet<OpKind> = new Set(['adopt', 'redo', 'audit', 'redrive', 'place']);

export function decide(m: Model, w: World, id: string, op: Op): void {
	const node = nodeOf(w, id);
	const fresh =
		op.fresh || op.unknown || freshKinds.has(op.kind) || (op.kind === 'claim' && m.rules.claimStore);
	if (fresh) delete node.cache[op.task];
	const cached = node.cache[op.task];
	const row = cached ?? w.rows[op.task];
	if (!cached && row) node.cache[op.task] = row;
	// R6: what an unknown commit may have left undone is derived from the row, if it can have made it what it is.
	const isDerived =
		op.unknown && m.rules.rederive && row && isMade(row, {home: id, epoch: node.epoch, seq: op.pin});
	const extra = isDerived ? owes(m, row) : [];
	op.fresh = false;
	op.unknown = false;
	const decision = verbs[op.kind]({m, w, id, node, op, row, extra});
	settle(m, node, op, decision, cached !== undefined);
}

/** Whatever else made it so owes what follows: another home, or an earlier commit of this one (R5). */
const isMade = (row: Row, by: Pick<Row, 'home' | 'epoch' | 'seq'>): boolean =>
	row.home === by.home && row.epoch === by.epoch && row.seq >= by.seq;

function settle(m: Model, node: Node, op: Op, decision: Decision, cached: boolean): void {
	if (decision.kind === 'commit') {
		op.plan = decision.plan;
		op.effects = decision.effects;
		op.stage = 'commit';
		if (!m.rules.lateCache) node.cache[op.task] = decision.plan.row;
		return;
	}
	// R4: ignoring leaves no commit behind, so the revision check cannot save us.
	if (decision.kind === 'ignore' && cached && m.rules.verifyIgnore) {
		op.fresh = true;
		return;
	}
	if (decision.kind === 'ignore') m.counts.stale++;
	op.plan = null;
	op.effects = decision.effects;
	op.resume = decision.kind === 'first';
	op.stage = 'act';
}
