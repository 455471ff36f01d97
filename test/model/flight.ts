// A commit in progress, where a home goes on with other tasks meanwhile (A11, docs/decisions/0028): it is
// begun, the store makes it, its process hears of it. Several are made and heard of in any order, and one
// whose process has crashed may still be made, as long as nobody has opened the home since.
import {begin, forget, hear, isFenced, make, stop} from './commit.ts';
import {type Model, must, nodeOf} from './model.ts';
import type {Flight, Node, Op} from './state.ts';
import type {Menu, Moves, Step} from './step.ts';
import type {World} from './world.ts';

export const isFlying = (node: Node, task: string): boolean =>
	node.ops.some(op => op.task === task && op.flight > 0);

/** Those that the process may send together. */
export function ready({rules}: Model, node: Node): Op[] {
	return node.ops.filter(op => op.stage === 'commit' && !(rules.apart && isFlying(node, op.task)));
}

const about = ({ops}: Pick<Flight, 'ops'>): string => ops.map(op => `${op.kind} ${op.task}`).join(', ');

/** What the process itself does. */
export function flightSteps(m: Model, w: World, menu: Menu, id: string, node: Node, prefix = ''): void {
	const ours = w.flights.filter(({home, epoch}) => home === id && epoch === node.epoch);
	if (ours.length < (m.config.flights ?? 0)) {
		const some = ready(m, node);
		for (const op of some)
			menu.add(`${prefix}begins to commit`, id, about({ops: [op]}), node.ops.indexOf(op));
		if (some.length > 1) menu.add(`${prefix}begins to commit together`, id, about({ops: some}));
	}
	for (const flight of ours) {
		const {seq, fates} = flight;
		if (fates) {
			menu.add(`${prefix}hears of its commit of`, id, about(flight), seq);
			menu.fault('lose answer of commit', `${prefix}does not hear of its commit of`, id, about(flight), seq);
		} else if (isFenced(m, w, flight)) menu.add(`${prefix}hears that it is fenced`, id);
		else menu.fault('fail commit', `${prefix}hears that it failed to commit`, id, about(flight), seq);
	}
}

/** What the store does, whatever became of the process. */
export function storeSteps(m: Model, w: World, menu: Menu): void {
	for (const flight of w.flights) {
		const {home, seq, epoch, fates} = flight;
		if (!fates && !isFenced(m, w, flight)) menu.add("'s commit is made", home, about(flight), seq, epoch);
		if (!ownerOf(w, flight)) menu.add("'s commit is gone", home, about(flight), seq, epoch);
	}
}

function ownerOf(w: World, {home, epoch}: Flight): Node | undefined {
	return [w.nodes[home], w.ghosts[home]].find(node => node?.up && node.epoch === epoch);
}

function send(m: Model, w: World, {who}: Step, ops: readonly Op[]): void {
	const flight = begin(m, w, who, ops);
	w.flights.push({...flight, ops: ops.map(op => ({...op}))});
	for (const op of ops) Object.assign(op, {stage: 'flying', flight: flight.seq});
}

/** Takes it off the list; its events, as the process has them now, are in its hands again. */
function land(m: Model, w: World, {who, i}: Step): {node: Node; flight: Flight; ops: Op[]} {
	const node = nodeOf(w, who);
	const flight = find(w, who, i, node.epoch);
	const ours = w.flights.filter(({home, epoch}) => home === who && epoch === node.epoch);
	if (ours.some(({seq}) => seq < i)) m.counts.overtaken++;
	w.flights = w.flights.filter(one => one !== flight);
	const ops = node.ops.filter(op => op.flight === i);
	for (const op of ops) Object.assign(op, {stage: 'commit', flight: 0});
	return {node, flight, ops};
}

function find(w: World, home: string, seq: number, epoch: number): Flight {
	const isIt = (one: Flight) => one.home === home && one.seq === seq && one.epoch === epoch;
	return must(w.flights.find(isIt), `commit ${seq} of ${home}`);
}

export const flightMoves: Moves = {
	'begins to commit': (m, w, step) => send(m, w, step, [must(nodeOf(w, step.who).ops[step.i], 'the event')]),
	'begins to commit together': (m, w, step) => send(m, w, step, ready(m, nodeOf(w, step.who))),
	'hears of its commit of': (m, w, step) => {
		const {node, flight, ops} = land(m, w, step);
		hear(m, w, node, ops, flight.fates ?? [], flight.seq);
	},
	'does not hear of its commit of': (m, w, step) => {
		const {node, flight, ops} = land(m, w, step);
		forget(m, node, ops, flight.seq);
	},
	'hears that it failed to commit': (m, w, step) => {
		const {node, flight, ops} = land(m, w, step);
		forget(m, node, ops, flight.seq);
	},
	'hears that it is fenced': (m, w, {who}) => {
		stop(m, w, who);
	},
};

export const storeMoves: Moves = {
	"'s commit is made": (m, w, {who, i, j}) => {
		const flight = find(w, who, i, j);
		const made = make(m, w, flight);
		w.flights = w.flights.map(one => (one === flight ? made : one));
	},
	"'s commit is gone": (_m, w, {who, i, j}) => {
		const flight = find(w, who, i, j);
		w.flights = w.flights.filter(one => one !== flight);
	},
};
