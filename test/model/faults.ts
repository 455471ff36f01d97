// What breaks, and how it comes back.
import {loseConfirms} from './act.ts';
import {inherited} from './acted.ts';
import {dropLink, linkOf, wipe} from './broker.ts';
import {inbox, type Model, must, nodeOf, workerOf} from './model.ts';
import type {Menu, Moves} from './step.ts';
import type {World} from './world.ts';

/** Faults of the broker's queues; those of processes are listed with the processes. */
export function faultSteps(w: World, menu: Menu): void {
	const heldWork = w.unacked.some(one => one.queue === 'work');
	if (w.queues.work?.length) menu.fault('purge queue', 'is purged', 'work');
	if (w.queues.work?.length || heldWork) menu.fault('delete queue', 'is deleted', 'work');
	for (const id of Object.keys(w.nodes)) {
		if (w.queues[inbox(id)]?.length) menu.fault('purge queue', 'is purged', inbox(id));
	}
}

export const faultMoves: Moves = {
	crashes: (m, w, {who}) => crashNode(m, w, who),
	dies: (m, w, {who}) => crashWorker(m, w, who),
	'is killed by': (m, w, {who}) => killWorker(m, w, who),
	'loses its connection': (m, w, {who}) => loseLink(m, w, who),
	'is paused': (_m, w, {who}) => {
		nodeOf(w, who).paused = true;
	},
	resumes: (_m, w, {who}) => {
		nodeOf(w, who).paused = false;
	},
	'has its lease run out': (m, w, {who}) => endLease(m, w, who),
	'is declared dead': (m, w, {who}) => endLease(m, w, who),
	'renews its lease': (_m, w, {who}) => {
		w.live[who] = true;
	},
	'has its inbox expire': (_m, w, {who}) => {
		delete w.queues[inbox(who)];
	},
	'is purged': (_m, w, {who}) => {
		w.queues[who] = [];
	},
	'is deleted': (_m, w, {who}) => {
		w.queues[who] = [];
		w.unacked = w.unacked.filter(one => one.queue !== who);
	},
	starts: (m, w, {who}) => startNode(m, w, who),
	'has its home taken over': (m, w, {who}) => {
		const ghost = {...nodeOf(w, who), paused: false};
		startNode(m, w, who);
		w.ghosts[who] = ghost;
	},
};

function crashNode(m: Model, w: World, id: string): void {
	const node = nodeOf(w, id);
	dropLink(m, w, linkOf(id, node));
	Object.assign(node, {up: false, paused: false, ops: [], cache: {}, redo: []});
	if (m.config.durable !== false) return;
	for (const worker of Object.keys(w.workers)) crashWorker(m, w, worker);
	wipe(w);
}

function crashWorker(m: Model, w: World, id: string): void {
	const worker = workerOf(w, id);
	dropLink(m, w, linkOf(id, worker));
	Object.assign(worker, {up: false, held: [], stopped: {}});
}

/** In one process with its node, it takes that along. */
function killWorker(m: Model, w: World, id: string): void {
	const [node = ''] = Object.keys(w.nodes);
	if (m.config.durable === false) crashNode(m, w, node);
	else crashWorker(m, w, id);
}

/** The store opens the home: its next epoch, its last number and watermark, and who is to be looked at. */
function startNode(m: Model, w: World, id: string): void {
	const node = nodeOf(w, id);
	const home = must(w.homes[id], id);
	home.epoch++;
	if (!m.rules.seqGoesOn) home.seq = 0;
	const process = {up: true, paused: false, epoch: node.epoch + 1, link: 0, tags: 0};
	const known = {seq: home.seq, hold: home.actedThrough, redo: inherited(m, w, id)};
	w.nodes[id] = {...process, copies: 0, ...known, cache: {}, ops: []};
	w.live[id] = true;
	w.queues[inbox(id)] ??= [];
}

/** The old consumer's deliveries come again while it still works on them. */
function loseLink(m: Model, w: World, id: string): void {
	const node = w.nodes[id];
	const process = node ?? workerOf(w, id);
	dropLink(m, w, linkOf(id, process));
	process.link++;
	process.tags = 0;
	if (node) {
		loseConfirms(m, node);
		return;
	}
	for (const item of workerOf(w, id).held.flatMap(held => held.items)) {
		if (item.state === 'sent') item.state = 'done';
	}
}

function endLease({rules}: Model, w: World, id: string): void {
	w.live[id] = false;
	if (rules.inboxKeep && rules.adoptAlways) return;
	const by = Object.keys(w.nodes).find(other => other !== id && w.nodes[other]?.up) ?? '';
	const tasks = Object.values(w.rows).filter(row => row.home === id);
	const messages = w.queues[inbox(id)]?.length ?? 0;
	w.scans[id] = {by, messages, tasks: tasks.map(row => row.task)};
}
