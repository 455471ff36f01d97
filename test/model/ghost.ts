// A process that was paused while another one took over its home: two with one name. The store refuses
// the old one's commits by its epoch, and then it stops; until then it goes on with what it had decided
// and done.
import {waitsForEnd} from './acted.ts';
import {dropLink, linkOf} from './broker.ts';
import {flightSteps} from './flight.ts';
import {type Model, must, nodeOf} from './model.ts';
import {nodeMoves, opSteps} from './node.ts';
import type {Menu, Moves, Step} from './step.ts';
import type {World} from './world.ts';

const prefix = "'s ghost ";

export function ghostSteps(m: Model, w: World, menu: Menu): void {
	for (const [id, ghost] of Object.entries(w.ghosts)) {
		if (ghost.ops.length === 0) menu.add(`${prefix}is gone`, id);
		ghost.ops.forEach((op, i) => {
			if (!waitsForEnd(m, w, id, ghost, op)) opSteps(m, w, menu, {id, node: ghost, prefix}, op, i);
		});
		flightSteps(m, w, menu, id, ghost, prefix);
	}
}

/** It moves like any node, in the new one's place for that moment. */
function haunt(move: NonNullable<Moves[string]>) {
	return (m: Model, w: World, step: Step): void => {
		const living = nodeOf(w, step.who);
		w.nodes[step.who] = must(w.ghosts[step.who], 'the ghost');
		move(m, w, step);
		const ghost = nodeOf(w, step.who);
		w.nodes[step.who] = living;
		if (!ghost.up) delete w.ghosts[step.who];
	};
}

export const ghostMoves: Moves = {
	...Object.fromEntries(Object.entries(nodeMoves).map(([name, move]) => [prefix + name, haunt(move)])),
	[`${prefix}is gone`]: (m, w, {who}) => {
		dropLink(m, w, linkOf(who, must(w.ghosts[who], 'the ghost')));
		delete w.ghosts[who];
	},
};
