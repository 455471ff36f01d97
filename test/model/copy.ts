// A copy of a world that shares what is never changed: rows, timers, messages, claims, plans.

import type {Held, Node, Op, Worker} from './state.ts';
import type {Seen, World} from './world.ts';

export function copyWorld(w: World): World {
	return {
		rows: {...w.rows},
		homes: each(w.homes, home => ({...home})),
		timers: [...w.timers],
		live: {...w.live},
		queues: each(w.queues, messages => [...messages]),
		unacked: [...w.unacked],
		producers: {...w.producers},
		cancellers: {...w.cancellers},
		nodes: each(w.nodes, copyNode),
		ghosts: each(w.ghosts, copyNode),
		flights: [...w.flights],
		workers: each(w.workers, copyWorker),
		faults: {...w.faults},
		scans: each(w.scans, scan => ({...scan, tasks: [...scan.tasks]})),
		seen: copySeen(w.seen),
	};
}

const copyNode = (node: Node): Node => ({
	...node,
	redo: [...node.redo],
	cache: {...node.cache},
	ops: node.ops.map(copyOp),
});

const copyOp = (op: Op): Op => ({...op, effects: op.effects.map(effect => ({...effect}))});

const copyWorker = (worker: Worker): Worker => ({
	...worker,
	held: worker.held.map(copyHeld),
	stopped: {...worker.stopped},
});

const copyHeld = (held: Held): Held => ({...held, items: held.items.map(item => ({...item}))});

const copySeen = (seen: Seen): Seen => ({
	accepted: {...seen.accepted},
	outcomes: {...seen.outcomes},
	fired: {...seen.fired},
	ends: each(seen.ends, end => ({...end})),
	dispatched: {...seen.dispatched},
	receipts: {...seen.receipts},
	redriven: {...seen.redriven},
	started: {...seen.started},
});

function each<T>(from: Record<string, T>, copy: (value: T) => T): Record<string, T> {
	const to: Record<string, T> = {};
	for (const key in from) to[key] = copy(from[key] as T);
	return to;
}
