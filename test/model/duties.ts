// What a node does unasked: timers, the backlog, its inheritance, adoption, the audit.
import {isOrphan} from './acted.ts';
import {hasRoom} from './decision.ts';
import {isBusy, isHomeOf, type Model, must, newOp, nodeOf} from './model.ts';
import type {Item, Message, Node, Row, Timer} from './state.ts';
import type {Menu, Moves, Step} from './step.ts';
import type {World} from './world.ts';

export function dutySteps(m: Model, w: World, menu: Menu, id: string, node: Node): void {
	for (const timer of w.timers) timerSteps(m, w, menu, id, node, timer);
	for (const task of node.redo) if (!isBusy(node, task, 'redo')) menu.add('redoes', id, task);
	for (const row of Object.values(w.rows)) {
		if (isAdoptable(m, w, id, row) && !isBusy(node, row.task, 'adopt')) menu.add('adopts', id, row.task);
		if (row.state !== 'queued' || !isHomeOf(w, id, row)) continue;
		if (row.placed) auditSteps(m, w, menu, id, row);
		else if (!isBusy(node, row.task, 'place') && hasRoom(m, w, id)) menu.add('places', id, row.task);
	}
}

function timerSteps(m: Model, w: World, menu: Menu, id: string, node: Node, timer: Timer): void {
	const row = w.rows[timer.task];
	if (!row || !isHomeOf(w, id, row) || isBusy(node, timer.task, 'timer')) return;
	if (!m.rules.timerAtomic && timer.owner) return;
	menu.add('fires', id, timer.id);
	if (timer.kind !== 'expire') return;
	const couldBe = isStarted(w, row) || w.seen.started[`${row.task}#${row.attempt}`];
	if (couldBe) menu.fault('misread roster', 'misreads the roster and fires', id, timer.id);
}

/** What the heartbeats say: some worker has started the attempt that the row is at. */
function isStarted(w: World, {task, attempt}: Row): boolean {
	return Object.values(w.workers).some(({held}) =>
		held.some(({items}) =>
			items.some(
				item =>
					item.task === task &&
					item.attempt === attempt &&
					(item.state === 'running' || item.state === 'done' || item.state === 'sent'),
			),
		),
	);
}

function isAdoptable(m: Model, w: World, id: string, row: Row): boolean {
	if (!isOrphan(m, w, id, row)) return false;
	const scan = w.scans[row.home];
	return m.rules.adoptAlways || (scan?.by === id && scan.tasks.includes(row.task));
}

/** R26: a placed attempt that is nowhere; any other, by mistake. */
function auditSteps({rules}: Model, w: World, menu: Menu, id: string, row: Row): void {
	if (!rules.audit || isBusy(nodeOf(w, id), row.task, 'audit')) return;
	const ours = row.home === id && row.epoch === w.homes[id]?.epoch;
	if (!ours && !rules.auditAll) return;
	if (!isPresent(rules.deadJudge === 'park', w, row)) menu.add('audits', id, row.task);
	else menu.fault('audit wrongly', 'audits wrongly', id, row.task);
}

/** Where an attempt still is, as an all-seeing audit would find it. */
function isPresent(parks: boolean, w: World, {task, attempt}: Row): boolean {
	const isIt = (one: Pick<Item, 'task' | 'attempt'>) => one.task === task && one.attempt === attempt;
	const isIn = ({body}: Message) =>
		(body.kind === 'work' && body.items.some(isIt)) || (body.kind === 'outcomes' && body.outcomes.some(isIt));
	for (const [queue, messages] of Object.entries(w.queues)) {
		if (!(queue === 'returned' && parks) && messages.some(isIn)) return true;
	}
	if (w.unacked.some(({message}) => isIn(message))) return true;
	const inHands = [...Object.values(w.nodes), ...Object.values(w.ghosts)].some(({ops}) =>
		ops.some(op => op.task === task || op.more.outcomes?.some(isIt) || op.more.items?.some(isIt)),
	);
	if (inHands) return true;
	return Object.values(w.workers).some(({held}) =>
		held.some(({items}) => items.some(item => isIt(item) && item.state !== 'over')),
	);
}

export const dutyMoves: Moves = {
	fires: (m, w, step) => fire(m, w, step, false),
	'misreads the roster and fires': (m, w, step) => fire(m, w, step, true),
	redoes: (_m, w, {who, what}) => {
		nodeOf(w, who).ops.push(newOp('redo', what));
	},
	places: (_m, w, {who, what}) => {
		nodeOf(w, who).ops.push(newOp('place', what));
	},
	audits: (_m, w, {who, what}) => {
		nodeOf(w, who).ops.push(newOp('audit', what));
	},
	'audits wrongly': (_m, w, {who, what}) => {
		nodeOf(w, who).ops.push(newOp('audit', what));
	},
	adopts: (m, w, {who, what}) => {
		const scan = w.scans[w.rows[what]?.home ?? ''];
		if (scan && !m.rules.adoptAlways) scan.tasks = scan.tasks.filter(task => task !== what);
		nodeOf(w, who).ops.push(newOp('adopt', what));
	},
};

function fire({rules}: Model, w: World, {who, what}: Step, misread: boolean): void {
	const i = w.timers.findIndex(timer => timer.id === what);
	const timer = must(w.timers[i], what);
	if (!rules.timerAtomic) w.timers[i] = {...timer, owner: who};
	const row = w.rows[timer.task];
	const started = row !== undefined && isStarted(w, row) !== misread;
	nodeOf(w, who).ops.push(newOp('timer', timer.task, {timer, started}));
}
