// All that can happen in a world, and what it does.
import {doorMoves, doorSteps} from './doors.ts';
import {dutyMoves} from './duties.ts';
import {faultMoves, faultSteps} from './faults.ts';
import {storeMoves, storeSteps} from './flight.ts';
import {ghostMoves, ghostSteps} from './ghost.ts';
import {type Model, must} from './model.ts';
import {nodeMoves, nodeSteps} from './node.ts';
import {Menu, type Moves, type Step} from './step.ts';
import {workerMoves, workerSteps} from './worker.ts';
import type {World} from './world.ts';

export function enabled(m: Model, w: World, calm = false): Step[] {
	const menu = new Menu(w, calm);
	doorSteps(m, w, menu);
	nodeSteps(m, w, menu);
	ghostSteps(m, w, menu);
	storeSteps(m, w, menu);
	workerSteps(m, w, menu);
	faultSteps(w, menu);
	return menu.steps;
}

const moves: Moves = {
	...doorMoves,
	...nodeMoves,
	...dutyMoves,
	...ghostMoves,
	...storeMoves,
	...workerMoves,
	...faultMoves,
};

export function apply(m: Model, w: World, step: Step): void {
	if (step.fault) w.faults[step.fault] = (w.faults[step.fault] ?? 0) - 1;
	must(moves[step.name], `a move named "${step.name}"`)(m, w, step);
}
