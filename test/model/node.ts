// A node at work: it receives, and each event in its hands goes through decide, commit and act.
import {act, canPack, finish, isSendable, pack, sendStraight} from './act.ts';
import {waitsForEnd} from './acted.ts';
import {ack, isMailbox, take} from './broker.ts';
import {commit} from './commit.ts';
import {decide} from './decide.ts';
import {dutySteps} from './duties.ts';
import {flightMoves, flightSteps, isFlying, ready} from './flight.ts';
import {homeOfInbox, inbox, type Model, must, newOp, nodeOf} from './model.ts';
import type {Node, Op} from './state.ts';
import type {Menu, Moves, Step} from './step.ts';
import type {World} from './world.ts';

export function nodeSteps(m: Model, w: World, menu: Menu): void {
	for (const id of Object.keys(w.nodes)) {
		const node = nodeOf(w, id);
		if (!node.up) downSteps(m, w, menu, id);
		else if (node.paused) pausedSteps(m, w, menu, id);
		else upSteps(m, w, menu, id, node);
	}
}

function downSteps(m: Model, w: World, menu: Menu, id: string): void {
	if (!m.config.stayDead?.includes(id)) menu.add('starts', id);
	if (w.live[id] && m.config.nodes > 1) menu.add('has its lease run out', id);
	else if (w.queues[inbox(id)]) {
		const kept = m.rules.inboxKeep && Object.values(w.nodes).some(node => node.up);
		if (!kept) menu.fault('expire inbox', 'has its inbox expire', id);
	}
}

function pausedSteps(m: Model, w: World, menu: Menu, id: string): void {
	menu.add('resumes', id);
	if (w.live[id] && m.config.nodes > 1) menu.add('has its lease run out', id);
	menu.fault('lose connection', 'loses its connection', id);
	menu.fault('crash node', 'crashes', id);
	takeoverSteps(w, menu, id);
}

/** A second process is started for a home whose first one is not gone. */
function takeoverSteps(w: World, menu: Menu, id: string): void {
	if (!w.ghosts[id]) menu.fault('take over', 'has its home taken over', id);
}

function upSteps(m: Model, w: World, menu: Menu, id: string, node: Node): void {
	if (!w.live[id]) menu.add('renews its lease', id);
	const hands = node.ops.filter(op => !waitsForEnd(m, w, id, node, op)).length;
	if (hands < (m.config.parallel ?? 3)) {
		receiveSteps(m, w, menu, id);
		dutySteps(m, w, menu, id, node);
	}
	node.ops.forEach((op, i) => {
		if (!waitsForEnd(m, w, id, node, op)) opSteps(m, w, menu, {id, node}, op, i);
	});
	const together = ready(m, node);
	if (together.length > 1) groupSteps(menu, id, together);
	flightSteps(m, w, menu, id, node);
	menu.fault('crash node', 'crashes', id);
	menu.fault('lose connection', 'loses its connection', id);
	menu.fault('pause node', 'is paused', id);
	takeoverSteps(w, menu, id);
	if (w.live[id]) menu.fault('declare dead', 'is declared dead', id);
}

function receiveSteps({rules}: Model, w: World, menu: Menu, id: string): void {
	for (const [queue, messages] of Object.entries(w.queues)) {
		const [first] = messages;
		if (!first || queue === 'work' || isMailbox(queue)) continue;
		const from = first.from;
		const parked = from === 'work' ? rules.deadJudge === 'park' : rules.intakeDead !== 'born-dead';
		if (queue === 'returned' && parked) continue;
		const home = homeOfInbox(queue);
		if (home && home !== id && !mayDrain(w, id, home, rules.inboxKeep)) continue;
		menu.add('receives from', id, queue);
	}
}

/** R8: the inbox of a node that is not live is consumed by the others. */
function mayDrain(w: World, id: string, home: string, keep: boolean): boolean {
	if (w.live[home]) return false;
	const scan = w.scans[home];
	return keep || (scan?.by === id && scan.messages > 0);
}

const about = (op: Op): string => `${op.kind} ${op.task}`;

export function opSteps(
	m: Model,
	w: World,
	menu: Menu,
	{id, node, prefix = ''}: {id: string; node: Node; prefix?: string},
	op: Op,
	i: number,
): void {
	if (op.stage === 'decide') {
		if (!mustWait(m, node, op)) menu.add(`${prefix}decides`, id, about(op), i);
		return;
	}
	if (op.stage === 'flying') return;
	if (op.stage === 'commit') {
		if (m.rules.apart && isFlying(node, op.task)) return;
		menu.add(`${prefix}commits`, id, about(op), i);
		menu.fault('lose answer of commit', `${prefix}commits unheard`, id, about(op), i);
		menu.fault('fail commit', `${prefix}fails to commit`, id, about(op), i);
		if (!m.rules.actAfterCommit && op.effects.length > 0) menu.add(`${prefix}acts early`, id, about(op), i);
		return;
	}
	const [effect] = op.effects;
	const isPushed = m.config.push && isSendable(m.config, op) && Object.values(w.workers).some(({up}) => up);
	if (effect && !isPushed) menu.add(`${prefix}acts`, id, `${about(op)}: ${effect.kind}`, i);
	else if (!effect) menu.add(`${prefix}is done with`, id, about(op), i);
	for (let n = 1; isSendable(m.config, op) && n <= m.config.workers; n++) {
		menu.add(`${prefix}sends straight`, id, `${about(op)} to w${n}`, i, n);
	}
	if (!canPack(op.effects)) return;
	node.ops.forEach((other, j) => {
		if (j > i && other.stage === 'act' && canPack(other.effects)) {
			menu.add(`${prefix}packs`, id, `${op.task} with ${other.task}`, i, j);
		}
	});
}

/** R13: a claim waits for earlier events of its task; a redrive may wait for it. A11: all wait for a commit in progress. */
function mustWait({rules}: Model, node: Node, op: Op): boolean {
	if (rules.apart && isFlying(node, op.task)) return true;
	if (op.kind !== 'claim' || !rules.orderedClaim) return false;
	return node.ops.some(
		one =>
			one !== op &&
			one.task === op.task &&
			one.kind !== 'claim' &&
			one.kind !== 'redrive' &&
			one.stage !== 'act',
	);
}

function groupSteps(menu: Menu, id: string, together: readonly Op[]): void {
	const what = together.map(about).join(', ');
	menu.add('commits together', id, what);
	menu.fault('lose answer of commit', 'commits together unheard', id, what);
	menu.fault('fail commit', 'fails to commit together', id, what);
}

const opAt = (w: World, {who, i}: Step): Op => must(nodeOf(w, who).ops[i], 'the event');

export const nodeMoves: Moves = {
	'receives from': (m, w, step) => receive(m, w, step),
	decides: (m, w, step) => decide(m, w, step.who, opAt(w, step)),
	commits: (m, w, step) => commit(m, w, step.who, [opAt(w, step)], 'heard'),
	'commits unheard': (m, w, step) => commit(m, w, step.who, [opAt(w, step)], 'lost'),
	'fails to commit': (m, w, step) => commit(m, w, step.who, [opAt(w, step)], 'failed'),
	'commits together': (m, w, step) => commit(m, w, step.who, ready(m, nodeOf(w, step.who)), 'heard'),
	'commits together unheard': (m, w, step) => commit(m, w, step.who, ready(m, nodeOf(w, step.who)), 'lost'),
	'fails to commit together': (m, w, step) => commit(m, w, step.who, ready(m, nodeOf(w, step.who)), 'failed'),
	'acts early': (m, w, step) => act(m, w, step.who, opAt(w, step)),
	acts: (m, w, step) => act(m, w, step.who, opAt(w, step)),
	'sends straight': (m, w, step) => sendStraight(m, w, step.who, opAt(w, step), `w${step.j}`),
	packs: (m, w, step) =>
		pack(m, w, step.who, opAt(w, step), must(nodeOf(w, step.who).ops[step.j], 'the other event')),
	'is done with': (m, w, step) => finish(m, w, step.who, opAt(w, step)),
	...flightMoves,
};

function receive(m: Model, w: World, {who, what}: Step): void {
	const node = nodeOf(w, who);
	const home = homeOfInbox(what);
	const scan = w.scans[home];
	if (home && home !== who && scan && !m.rules.inboxKeep) scan.messages--;
	const {tag, owner, message} = take(w, what, who, node);
	const {body} = message;
	switch (body.kind) {
		case 'task':
			node.ops.push(newOp('birth', body.task, {bornDead: what === 'returned'}, tag, owner));
			if (!m.rules.intakeAckLate) ack(w, tag, owner);
			return;
		case 'outcomes':
			node.ops.push(newOp('outcome', body.outcomes[0]?.task ?? '', {outcomes: body.outcomes}, tag, owner));
			return;
		case 'claim':
			node.ops.push(newOp('claim', body.claim.task, {claim: body.claim}, tag, owner));
			return;
		case 'work':
			node.ops.push(
				newOp('giveUp', body.items[0]?.task ?? '', {items: body.items, copy: body.copy}, tag, owner),
			);
	}
}
