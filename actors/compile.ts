// Turns a machine into a table that is looked up instead of interpreted. xstate's own stepping costs a
// third of a task's way through the server (docs/decisions/0011); the machines stay xstate's, and a test
// compares table and `transition()` for every event in every reachable state.
//
// Compiled is what our machines use: one level of states, `on` with named guards, `entry` and `exit`,
// named actions that assign, and named actions without a body, which are effects. A machine that uses
// anything else is refused when it is compiled, never misread.
import type {AnyStateMachine, AnyStateNode} from 'xstate';

export type Row = {readonly state: string};
export type Effect = {readonly type: string; readonly params: object};

/** What an event does to a row: the same row where nothing of it changes. */
export type Step<R extends Row> = {readonly row: R; readonly effects: readonly Effect[]};

/** Undefined: the event is not allowed in this state. The row given is never changed. */
export type Table<R extends Row, E> = (row: R, event: E) => Step<R> | undefined;

type Scope = {readonly context: object; readonly event: object};
type Guard = (scope: Scope, params: undefined) => boolean;
type Params = object | undefined | ((scope: Scope) => object);
type Patch = (scope: Scope, params: object | undefined) => object;
/** All of a patch is worked out before any of it is written: the target may be the context that it is made of. */
type Write = (target: Draft, scope: Scope, params: object | undefined) => void;
type Draft = Record<string, unknown>;
type Action =
	| {readonly params: Params; readonly write: Write}
	| {readonly params: Params; readonly type: string};
type Way = {
	readonly guard: Guard | undefined;
	readonly target: string | undefined;
	readonly actions: Action[];
};

/**
 * @param machine its context is the row without `state`
 * @throws TypeError if the machine uses a feature that is not compiled
 */
export function compile<R extends Row, E extends {readonly type: string}>(
	machine: AnyStateMachine,
): Table<R, E> {
	const {root} = machine;
	if (root.transitions.size > 0 || root.entry.length > 0)
		throw refused(root, 'it has `on` or `entry` of its own');
	const ways = new Map<string, Map<string, Way[]>>();
	for (const [state, node] of Object.entries(machine.states)) ways.set(state, waysOf(machine, node));
	return (row, event) => {
		const scope = {context: row, event};
		for (const way of ways.get(row.state)?.get(event.type) ?? []) {
			if (way.guard === undefined || way.guard(scope, undefined)) return take(way, row, event);
		}
		return undefined;
	};
}

function take<R extends Row>(way: Way, row: R, event: object): Step<R> {
	const effects: Effect[] = [];
	let next = row;
	for (const action of way.actions) {
		const scope = {context: next, event};
		const params = typeof action.params === 'function' ? action.params(scope) : action.params;
		if ('type' in action) {
			effects.push({type: action.type, params: params ?? {}});
			continue;
		}
		// The row that was given is copied once.
		if (next === row) next = {...row};
		action.write(next as unknown as Draft, scope, params);
	}
	if (way.target !== undefined && way.target !== row.state) {
		if (next === row) next = {...row, state: way.target};
		else Object.assign(next, {state: way.target});
	}
	return {row: next, effects};
}

function waysOf(machine: AnyStateMachine, node: AnyStateNode): Map<string, Way[]> {
	if (node.type !== 'atomic' && node.type !== 'final') throw refused(node, `it is ${node.type}`);
	if (node.always?.length) throw refused(node, 'it has `always`');
	if (node.invoke.length > 0) throw refused(node, 'it has `invoke`');
	const ways = new Map<string, Way[]>();
	for (const [type, transitions] of node.transitions) {
		if (type.startsWith('xstate.') || type.includes('*')) throw refused(node, `it has \`${type}\``);
		const all = transitions.map(({guard, target, actions, reenter}): Way => {
			if (reenter) throw refused(node, '`reenter` is set');
			const [into, ...more] = target ?? [];
			if (more.length > 0) throw refused(node, 'a transition has several targets');
			// A transition to where it starts neither leaves nor enters.
			const moves = into !== undefined && into !== node;
			const list = moves ? [...node.exit, ...actions, ...into.entry] : actions;
			return {
				guard: guardOf(machine, node, guard),
				target: into?.key,
				actions: list.map(action => actionOf(machine, node, action)),
			};
		});
		ways.set(type, all);
	}
	return ways;
}

function guardOf({implementations}: AnyStateMachine, node: AnyStateNode, guard: unknown): Guard | undefined {
	if (guard === undefined) return undefined;
	const found = typeof guard === 'string' ? implementations.guards[guard] : undefined;
	if (typeof found !== 'function' || 'check' in found)
		throw refused(node, 'a guard is not a named predicate');
	return found as Guard;
}

function actionOf({implementations}: AnyStateMachine, node: AnyStateNode, action: unknown): Action {
	const {type, params} = typeof action === 'string' ? {type: action, params: undefined} : (action as Named);
	const found = typeof type === 'string' ? implementations.actions[type] : undefined;
	if (typeof found !== 'function') throw refused(node, 'an action has no name');
	if (!('resolve' in found)) return {type, params};
	const {type: kind, assignment} = found as {type?: unknown; assignment?: Patch | Record<string, unknown>};
	if (kind !== 'xstate.assign' || !assignment) throw refused(node, `the action ${type} is no assign`);
	return {params, write: typeof assignment === 'function' ? writeOf(assignment) : writeEach(assignment)};
}

type Named = {readonly type: string; readonly params?: Params};

const writeOf =
	(patch: Patch): Write =>
	(target, scope, params) =>
		void Object.assign(target, patch(scope, params));

function writeEach(assignment: Record<string, unknown>): Write {
	const fields = Object.entries(assignment);
	return (target, scope, params) => {
		const values: unknown[] = [];
		for (const [, make] of fields) values.push(typeof make === 'function' ? make(scope, params) : make);
		for (let at = 0; at < fields.length; at++) target[fields[at]?.[0] ?? ''] = values[at];
	};
}

const refused = (node: AnyStateNode, why: string) =>
	new TypeError(`The state ${node.id} can not be compiled: ${why} (see actors/compile.ts)`);
