// A node carries out one effect, a step at a time: what is published goes on the wire, is taken by the
// broker, is confirmed. A crash loses the wire; a lost connection loses the wire and the confirms.
import {ack, mailbox, publish} from './broker.ts';
import {type Config, type Model, nodeOf, violate, workerOf} from './model.ts';
import type {Body, Claim, Effect, Grant, Item, Node, Op} from './state.ts';
import type {World} from './world.ts';

type Dispatch = Extract<Effect, {kind: 'dispatch'}>;
type Tell = Extract<Effect, {kind: 'reply' | 'bury'}>;

export function act(m: Model, w: World, id: string, op: Op): void {
	const node = nodeOf(w, id);
	const [effect] = op.effects;
	if (!effect || !carryOut(m, w, id, node, effect)) return;
	op.effects.shift();
}

/** True once the effect is done and confirmed. */
function carryOut(m: Model, w: World, id: string, node: Node, effect: Effect): boolean {
	switch (effect.kind) {
		case 'dispatch':
			return send(m, w, id, node, effect);
		case 'reply':
		case 'bury':
			return tell(m, w, effect);
		case 'say':
			w.producers[effect.task] = 'answered';
			w.seen.accepted[effect.task] = true;
			return true;
		case 'receipt':
			w.cancellers[effect.task] = effect.state === 'unknown' ? 'idle' : 'answered';
			if (effect.state !== 'unknown') w.seen.receipts[effect.task] = effect.state;
			return true;
		case 'tidy':
			w.timers = w.timers.filter(timer => timer.id !== effect.timer);
			return true;
		case 'stop':
			stop(m, w, effect.task, effect.attempt);
			return true;
		case 'answer':
			answer(m, w, effect.claim, effect.grant);
			return true;
	}
}

function send(m: Model, w: World, id: string, node: Node, effect: Dispatch): boolean {
	if (effect.phase === 0) {
		effect.message = work(m, id, node, [effect]);
		effect.phase = 1;
		return false;
	}
	if (effect.phase === 1 && effect.message) arrive(w, node, effect.message, 'work');
	else effect.message = null;
	return effect.message === null;
}

function work({config, rules}: Model, id: string, node: Node, effects: readonly Dispatch[]): Body {
	node.copies++;
	const items = effects.map(({task, attempt, again}): Item => ({task, attempt, again}));
	const isLocal = config.local && rules.localCounts;
	const own = isLocal ? `local ${items.map(({task, attempt}) => `${task}#${attempt}`).join()}` : undefined;
	return {kind: 'work', copy: own ?? `${id}.${node.epoch}.${node.copies}`, home: id, items};
}

/** The broker takes a message; all the effects that travel in it are now only to be confirmed. */
function arrive(w: World, node: Node, message: Body, queue: string): void {
	if (message.kind !== 'work') return;
	publish(w, queue, message);
	for (const {task, attempt} of message.items) w.seen.dispatched[`${task}#${attempt}`] = true;
	for (const {effects} of node.ops)
		for (const effect of effects) if (isIn(effect, message.copy)) effect.phase = 2;
}

/**
 * The audit's repair may go to one worker's mailbox instead, and where a pool is pushed all goes there. A copy is a copy: it is marked and claimed
 * whichever way it comes, it may overtake what is queued, and it may be lost with the worker, which the
 * audit finds like any other loss. The mailbox is there while the worker is; else the queue takes it.
 */
export function sendStraight({config}: Model, w: World, id: string, op: Op, worker: string): void {
	const [effect] = op.effects;
	if (!isSendable(config, op) || effect?.kind !== 'dispatch' || !effect.message) return;
	if (w.workers[worker]?.up) w.queues[mailbox(worker)] ??= [];
	arrive(w, nodeOf(w, id), effect.message, w.queues[mailbox(worker)] ? mailbox(worker) : 'work');
}

export const isSendable = ({push}: Config, {kind, effects: [effect]}: Op): boolean =>
	effect?.kind === 'dispatch' && effect.phase === 1 && (push || (kind === 'audit' && effect.again));

const isIn = (effect: Effect, copy: string): effect is Dispatch =>
	effect.kind === 'dispatch' && effect.message?.kind === 'work' && effect.message.copy === copy;

/** Two first dispatches may travel in one message. */
export function pack(m: Model, w: World, id: string, one: Op, two: Op): void {
	const [a] = one.effects;
	const [b] = two.effects;
	if (a?.kind !== 'dispatch' || b?.kind !== 'dispatch') return;
	a.message = work(m, id, nodeOf(w, id), [a, b]);
	b.message = a.message;
	a.phase = 1;
	b.phase = 1;
	m.counts.packed++;
}

export const canPack = ([effect]: readonly Effect[]): boolean =>
	effect?.kind === 'dispatch' && effect.phase === 0 && !effect.again;

/** R9: what was sent and not confirmed is published again, flagged and alone. */
export function loseConfirms(m: Model, node: Node): void {
	for (const effect of node.ops.flatMap(op => op.effects)) {
		if (!('phase' in effect) || effect.phase === 0) continue;
		effect.phase = 0;
		if (effect.kind !== 'dispatch') continue;
		effect.again = m.rules.again;
		effect.message = null;
	}
}

function tell(m: Model, w: World, effect: Tell): boolean {
	if (effect.phase === 0) {
		effect.phase = 1;
		return false;
	}
	const end = w.seen.ends[`${effect.task}#${effect.attempt}`];
	if (end?.state !== effect.state) {
		violate(m, `${effect.kind} without a commit: ${effect.task}#${effect.attempt} ${effect.state}`);
	} else if (effect.kind === 'reply') end.replied = true;
	else end.buried = true;
	m.counts.replies++;
	return true;
}

const unstarted: ReadonlySet<string> = new Set(['ready', 'unclaimed', 'lonely']);

function stop({rules}: Model, w: World, task: string, attempt: number): void {
	for (const worker of Object.values(w.workers)) {
		if (!worker.up) continue;
		if (rules.tomb) worker.stopped[task] = attempt;
		for (const item of worker.held.flatMap(held => held.items)) {
			const stops = item.state === 'running' || (rules.tomb && unstarted.has(item.state));
			if (item.task === task && stops) item.state = 'over';
		}
	}
}

function answer({rules}: Model, w: World, claim: Claim, grant: Grant): void {
	const worker = workerOf(w, claim.worker);
	if (!worker.up || worker.epoch !== claim.epoch) return;
	for (const item of worker.held.flatMap(held => held.items)) {
		const same = item.task === claim.task && item.attempt === claim.attempt;
		if (item.state !== 'asked' || !(rules.claimId ? item.claim === claim.id : same)) continue;
		if (grant === 'alone') item.state = 'lonely';
		else item.state = grant === 'no' ? 'over' : 'ready';
		if (grant === 'solo') item.solo = true;
		return;
	}
}

/** All effects are done: the next outcome of the message, or another look, or the ack. */
export function finish(m: Model, w: World, id: string, op: Op): void {
	const node = nodeOf(w, id);
	const next = (op.more.outcomes ?? op.more.items)?.[op.index + 1];
	if (op.tag && !op.resume && !m.rules.ackWhole) {
		ack(w, op.tag, op.owner);
		op.tag = 0;
	}
	if (op.resume || next) {
		if (!op.resume && next) {
			op.index++;
			op.task = next.task;
		}
		op.resume = false;
		op.stage = 'decide';
		op.pin = 0;
		return;
	}
	if (op.tag) ack(w, op.tag, op.owner);
	node.ops.splice(node.ops.indexOf(op), 1);
	if (op.kind === 'redo') node.redo = node.redo.filter(task => task !== op.task);
}
