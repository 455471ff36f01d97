// Those who ask: producers over AMQP and REST, someone who cancels, someone who redrives.
import {publish} from './broker.ts';
import type {TaskSpec} from './model.ts';
import {isBusy, type Model, newOp, nodeOf} from './model.ts';
import type {Menu, Moves} from './step.ts';
import type {World} from './world.ts';

export function doorSteps(m: Model, w: World, menu: Menu): void {
	for (const spec of m.config.tasks) {
		if (spec.door === 'amqp') amqpSteps(w, menu, spec.id);
		else restSteps(w, menu, spec.id);
		cancelSteps(w, menu, spec.id);
		redriveSteps(w, menu, spec);
	}
}

function amqpSteps(w: World, menu: Menu, task: string): void {
	const caller = w.producers[task];
	if (caller === 'idle') menu.add('is published', task);
	if (caller !== 'sent') return;
	menu.add('is confirmed', task);
	menu.fault('lose confirm', 'loses its confirm', task);
}

function restSteps(w: World, menu: Menu, task: string): void {
	const caller = w.producers[task];
	if (caller === 'idle') for (const id of openNodes(w)) menu.add('is posted to', task, id);
	if (caller !== 'waiting') return;
	if (!isHeld(w, task, 'birth')) menu.add('is not answered', task);
	else menu.fault('lose confirm', 'is not answered', task);
}

function cancelSteps(w: World, menu: Menu, task: string): void {
	const caller = w.cancellers[task];
	if (caller === 'idle' && w.seen.accepted[task]) {
		for (const id of openNodes(w)) menu.add('is to be cancelled at', task, id);
	}
	if (caller === 'waiting' && !isHeld(w, task, 'cancel')) menu.add('has its cancel unanswered', task);
}

function redriveSteps(w: World, menu: Menu, {id: task, redrive, redrives = 1}: TaskSpec): void {
	if (!redrive || (w.seen.redriven[task] ?? 0) >= redrives || w.rows[task]?.state !== 'dead') return;
	for (const id of openNodes(w)) menu.add('is to be redriven at', task, id);
}

const openNodes = (w: World): string[] =>
	Object.keys(w.nodes).filter(id => w.nodes[id]?.up && !w.nodes[id]?.paused);

const isHeld = (w: World, task: string, kind: 'birth' | 'cancel'): boolean =>
	Object.values(w.nodes).some(node => isBusy(node, task, kind));

export const doorMoves: Moves = {
	'is published': (_m, w, {who}) => {
		publish(w, 'intake', {kind: 'task', task: who});
		w.producers[who] = 'sent';
	},
	'is confirmed': (_m, w, {who}) => {
		w.producers[who] = 'answered';
		w.seen.accepted[who] = true;
	},
	'loses its confirm': (_m, w, {who}) => {
		w.producers[who] = 'idle';
	},
	'is posted to': (_m, w, {who, what}) => {
		w.producers[who] = 'waiting';
		nodeOf(w, what).ops.push(newOp('birth', who, {rest: true}));
	},
	'is not answered': (_m, w, {who}) => {
		w.producers[who] = 'idle';
	},
	'is to be cancelled at': (_m, w, {who, what}) => {
		w.cancellers[who] = 'waiting';
		nodeOf(w, what).ops.push(newOp('cancel', who));
	},
	'has its cancel unanswered': (_m, w, {who}) => {
		w.cancellers[who] = 'idle';
	},
	'is to be redriven at': (_m, w, {who, what}) => {
		w.seen.redriven[who] = (w.seen.redriven[who] ?? 0) + 1;
		nodeOf(w, what).ops.push(newOp('redrive', who));
	},
};
