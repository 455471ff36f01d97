import {type Decision, decide} from '#actors/decide.ts';
import type {HistoryEntry} from '#actors/history.ts';
import {type Grant, isTerminal, type Task, type TaskEffect} from '#actors/task.ts';
import type {Change, Commit, TaskRow} from '#store/store.ts';
import {type Adopt, type Birth, type Event, timerRows, type World} from './letter.ts';
import type {Entry} from './mailbox.ts';
import {owedBy} from './owed.ts';

/** What a letter comes to, before any commit. */
export type Step =
	| {
			readonly kind: 'change';
			readonly entry: Entry;
			readonly was: TaskRow | undefined;
			readonly decision: Extract<Decision, {verdict: 'commit'}> | undefined;
			readonly change: Change;
	  }
	| {
			readonly kind: 'pass';
			readonly entry: Entry;
			readonly row: TaskRow | undefined;
			readonly effects: readonly TaskEffect[];
			/** False: the machine does not know this event in this state. */
			readonly allowed: boolean;
	  }
	/** From a cached row that is only a guess: to be decided on a fresh read (R4). */
	| {readonly kind: 'guess'; readonly entry: Entry}
	/** A bug: the letter can't be decided. */
	| {readonly kind: 'broken'; readonly entry: Entry}
	/** A birth whose commit had an unknown result, and which is there. */
	| {readonly kind: 'found'; readonly entry: Entry; readonly row: TaskRow};

/** A batch of letters, decided, and their commit; undefined where there was nothing to commit. */
export type Done = {readonly steps: readonly Step[]; readonly commit: Commit | undefined};

/** Decides one letter on the row as it is; `undefined`: there is no such row. */
export function stepOf(entry: Entry, row: TaskRow | undefined, world: World): Step {
	const {letter} = entry;
	if (letter.kind === 'direct')
		return {kind: 'change', entry, was: row, decision: undefined, change: letter.change};
	if (letter.kind === 'adopt') return adoptStep(entry, letter, row);
	if (letter.kind === 'event') return eventStep(entry, letter, row, world);
	return row ? {kind: 'found', entry, row} : birthStep(entry, letter, world);
}

function birthStep(entry: Entry, letter: Birth, world: World): Step {
	const {now} = world;
	const decision = letter.expired
		? decide(letter.task, [
				{type: 'admit', at: now, room: false},
				{type: 'expire', at: now, started: false},
			])
		: decide(letter.task, [{type: 'admit', at: now, room: world.room(letter.task)}]);
	if (decision.verdict !== 'commit') throw new Error('A birth is always allowed');
	const timers = timerRows(decision.task, decision.set);
	const change: Change = {
		...{kind: 'birth', task: decision.task, input: letter.input, timers},
		...limited(undefined, decision.task, world),
		...written(decision.history),
	};
	return {kind: 'change', entry, was: undefined, decision, change};
}

/** Nothing changes but the home: it owes from now on what its predecessor owed. */
function adoptStep(entry: Entry, letter: Adopt, row: TaskRow | undefined): Step {
	const {from, what} = letter;
	const isOver = what === 'end' && row !== undefined && isTerminal(row.state);
	const isSent = what !== 'end' && row?.state === 'queued' && row.placed && row.seq <= what.sentBy;
	if (!(isOver || isSent) || row.home !== from) {
		return {kind: 'pass', entry, row, effects: [], allowed: true};
	}
	const decision = {
		...{verdict: 'commit' as const, task: row, effects: isOver ? owedBy(row) : []},
		...{path: [], set: [], clear: [], history: []},
	};
	return {
		kind: 'change',
		entry,
		was: row,
		decision,
		change: {kind: 'move', task: row, expected: row.revision},
	};
}

function eventStep(entry: Entry, letter: Event, row: TaskRow | undefined, world: World): Step {
	const events = row && letter.read(row, world);
	if (!row || !events) return {kind: 'pass', entry, row, effects: [], allowed: true};
	const decision = decide(row, events);
	if (decision.verdict === 'pass') {
		return {kind: 'pass', entry, row, effects: decision.effects, allowed: decision.allowed};
	}
	const {task, set, clear, history} = decision;
	const change: Change = {
		kind: 'move',
		task,
		expected: row.revision,
		...(set.length > 0 && {set: timerRows(task, set)}),
		...(clear.length > 0 && {clear}),
		...(task.state === 'succeeded' && letter.result && {result: letter.result}),
		...(letter.log && {log: letter.log}),
		...limited(row, task, world),
		...written(history),
	};
	return {kind: 'change', entry, was: row, decision, change};
}

const written = (history: readonly HistoryEntry[]): {history: Buffer} | undefined =>
	history.length > 0 ? {history: Buffer.from(JSON.stringify(history))} : undefined;

function limited(was: Task | undefined, now: Task, world: World): {most?: number} {
	const most = now.placed && !was?.placed ? world.most(now.function) : undefined;
	return most === undefined ? {} : {most};
}

/** The answer to a claim among a decision's effects. */
export function grantOf(effects: readonly TaskEffect[]): {grant: Grant} | Record<string, never> {
	for (const effect of effects) if (effect.type === 'answer') return {grant: effect.params.grant};
	return {};
}
