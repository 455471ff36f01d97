// How letters end: what follows a commit, or a fresh look that has shown that nothing changes, and the
// answer to whoever sent the letter, after it (R2, R3).
import {fail} from '#actors/failure.ts';
import {isTerminal, type TaskEffect} from '#actors/task.ts';
import type {Ambient} from '#observe/observe.ts';
import type {HomeRow} from '#store/home.ts';
import type {Fate, TaskRow} from '#store/store.ts';
import type {Acts, Given} from './act.ts';
import type {InFlight} from './inFlight.ts';
import type {Letter} from './letter.ts';
import {type Entry, taskOf} from './mailbox.ts';
import {owedBy} from './owed.ts';
import type {Rows} from './rows.ts';
import {grantOf, type Step} from './step.ts';
import type {Watermark} from './watermark.ts';
import type {Window} from './window.ts';

export type Ends = {
	/**
	 * It was committed, or refused for good; or nothing changes. Gives the row as it is now, whose timers may be
	 * new. What goes wrong with one letter is none of the others' business.
	 */
	settled(step: Exclude<Step, {kind: 'guess'}>, fate: Fate | undefined, seq: number): TaskRow | undefined;
	/** What it was decided on is not so: it is decided again. */
	refused(step: Changed, fate: Fate | undefined): void;
};

type Changed = Extract<Step, {kind: 'change'}>;
type Unchanged = Exclude<Step, {kind: 'change' | 'guess'}>;

type Parts = {
	readonly home: HomeRow;
	readonly watermark: Watermark;
	readonly window: Window;
	readonly inFlight: InFlight;
	readonly acts: Acts;
	readonly rows: Rows;
};

export function createEnds(
	{metrics, log}: Ambient,
	{home: {home, epoch}, watermark, window, inFlight, acts, rows}: Parts,
): Ends {
	const changed = ({entry: {letter}, decision, was}: Changed, fate: Fate | undefined, seq: number) => {
		if (fate === 'exists') letter.settle({how: 'exists'});
		else if (!decision) letter.settle({how: fate === 'conflict' ? 'conflict' : 'applied'});
		if (fate === 'exists' || !decision) return undefined;
		const row: TaskRow = {...decision.task, revision: (was?.revision ?? 0) + 1, home, epoch, seq};
		rows.committed(row);
		window.applied(was, row);
		inFlight.applied(
			row,
			decision.effects.some(({type}) => type === 'dispatch'),
		);
		acts.act(seq, row, needed(decision.effects, was), givenBy(letter));
		acts.announce(row, was ? decision.path : ['accepted', ...decision.path]);
		letter.settle({how: 'committed', row, was, ...grantOf(decision.effects)});
		return row;
	};

	/** Gives the row where a commit in doubt may have made it what it is. */
	const unchanged = (step: Unchanged): TaskRow | undefined => {
		const {letter, doubt} = step.entry;
		if (step.kind === 'broken') {
			letter.settle({how: 'failed', failure: fail('INTERNAL')});
			return undefined;
		}
		// R6: the commit in doubt may have been made, and its effects were not. Where something else made the row
		// what it is, whoever did that owes what follows. What was adopted as sent owes nothing.
		const isSent = letter.kind === 'adopt' && letter.what !== 'end';
		const isMade = (row: TaskRow, from: number) =>
			row.home === home && row.epoch === epoch && row.seq >= from;
		if (step.row && doubt !== undefined && !isSent && isMade(step.row, doubt))
			acts.act(doubt, step.row, owedBy(step.row));
		if (step.kind === 'found') {
			letter.settle({how: 'committed', row: step.row, was: undefined});
			return step.row;
		}
		const type = letter.kind === 'event' ? letter.name : letter.kind;
		if (!step.allowed) metrics.refused.inc({actor: 'task', type});
		else if (step.effects.length === 0) metrics.stale.inc({type});
		letter.settle({how: 'passed', row: step.row, ...grantOf(step.effects)});
		return doubt === undefined ? undefined : step.row;
	};

	return {
		settled(step, fate, seq) {
			const {letter, doubt} = step.entry;
			try {
				return step.kind === 'change' ? changed(step, fate, seq) : unchanged(step);
			} catch (error) {
				log.error({err: error, task: taskOf(letter)}, 'the effects of a commit failed');
				return undefined;
			} finally {
				if (doubt !== undefined) watermark.release(doubt, taskOf(letter));
			}
		},
		refused({decision}, fate) {
			if (fate === 'conflict') metrics.conflicts.inc();
			else if (fate === 'full' && decision) window.limits.full(decision.task.function);
		},
	};
}

/**
 * Nobody has to be stopped from running what was never in the broker: that cancel costs no message. Of an end
 * that is taken up from another home the row does not tell any more whether it was.
 */
function needed(effects: readonly TaskEffect[], was: TaskRow | undefined): readonly TaskEffect[] {
	const mayRun = was && (was.placed || isTerminal(was.state));
	return mayRun ? effects : effects.filter(({type}) => type !== 'stop');
}

/** What a letter brought along, so that its effects need not read it again. */
function givenBy(letter: Letter): Given {
	if (letter.kind === 'birth') return {input: letter.input};
	return letter.kind === 'event' ? {result: letter.result, straight: letter.straight} : {};
}

/** To be decided again: also a birth that may itself be what it met, by a commit whose answer was lost. */
export function isRefused({letter, doubt, isLookedUp}: Entry, fate: Fate | undefined): boolean {
	if (fate === 'exists') return doubt !== undefined && !isLookedUp;
	return (fate === 'conflict' || fate === 'full') && letter.kind !== 'direct';
}
