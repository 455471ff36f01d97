import type {Console} from './console.ts';
import {failureText, thrownText} from './failure.ts';
import type {Emit} from './host.ts';
import type {createLoader} from './module.ts';
import {freeze, indexOf, now, parse, slice, stringify} from './primordials.ts';
import type {Timers} from './timers.ts';

/** The most characters of a result; the host counts its bytes as well. */
const mostCharacters = 8 * 1024 * 1024;
const result = 0;
const failure = 1;
const values = 2;
const perCall = 4;

// Lines of a chunk are told of together: crossing the wall costs more than a short line. What was not told of
// when a sandbox is lost runs again, so it is never much.
const mostTogether = 64;
const mostTogetherMs = 2;
const mostTogetherCharacters = 64 * 1024;

type Loader = ReturnType<typeof createLoader>;
/** A call returned this text. False: nothing more can run here. */
type Returned = (index: number, text: string) => boolean;

/** Runs calls one after the other, tells the host how each ended, and where it is. */
export function createRunner(emit: Emit, marks: Int32Array, timers: Timers, prints: Console, loader: Loader) {
	// The call inside; -1 between calls. What ends a call first wins: its own end or an uncaught error.
	let inside = -1;

	// Lines that returned something and were not told of: how many, the last of them, their outcomes, and since when.
	const group = {size: 0, last: -1, text: '', since: 0};

	function end(index: number, kind: number, text: string, broken: boolean): boolean {
		if (inside !== index) return false;
		inside = -1;
		tell(false);
		const leftover = timers.end() || broken;
		emit(index, kind, text, leftover, prints.cutLines(), prints.cutCharacters());
		return !leftover;
	}

	/** An error nobody can catch, thrown by a timer or a microtask: the call fails, the sandbox is done for. */
	function uncaught(error: unknown): void {
		end(inside, failure, thrownText('FUNCTION_THREW', error), true);
	}

	/**
	 * `flat` holds task, attempt, deadline and input of each call. Stops early after a call that left
	 * work behind; the host then takes the rest to another sandbox.
	 */
	async function run(count: number, ...flat: unknown[]): Promise<void> {
		for (let index = 0; index < count; index++) {
			if (marks[index + 1] === 1) continue;
			marks[0] = index + 1;
			inside = index;
			prints.reset();
			timers.begin();
			const at = index * perCall;
			const context = contextOf(flat[at], flat[at + 1], flat[at + 2]);
			const went = await one(index, context, flat[at + 3] as string, returned);
			if (!went) return;
		}
	}

	async function one(index: number, context: unknown, text: string, done: Returned): Promise<boolean> {
		let input: unknown;
		try {
			input = text === '' ? null : parse(text);
		} catch (error) {
			return end(index, failure, thrownText('INVALID_INPUT', error), false);
		}
		let value: unknown;
		try {
			// Taken out of its object first: `this` is undefined in there.
			const {handler} = loader.loaded;
			value = await handler?.(input, context);
		} catch (error) {
			return end(index, failure, thrownText('FUNCTION_THREW', error), false);
		}
		return finish(index, value, done);
	}

	function finish(index: number, value: unknown, done: Returned): boolean {
		if (value === undefined) return done(index, 'null');
		let text: string | undefined;
		try {
			text = stringify(value);
		} catch (error) {
			return end(index, failure, thrownText('RESULT_NOT_SERIALIZABLE', error), false);
		}
		if (text === undefined) {
			const message = `The function returned a ${typeof value}, which JSON cannot carry`;
			return end(index, failure, failureText('RESULT_NOT_SERIALIZABLE', message), false);
		}
		if (text.length <= mostCharacters) return done(index, text);
		const message = `The result has ${text.length} characters of JSON, at most ${mostCharacters} bytes are allowed`;
		return end(index, failure, failureText('PAYLOAD_TOO_LARGE', message), false);
	}

	/**
	 * Lines of a chunk, as `run` runs calls. `text` is an input a line; `first` is what the first of them is
	 * to the function (`ctx.index`).
	 */
	async function lines(
		count: number,
		first: number,
		task: unknown,
		attempt: unknown,
		deadline: unknown,
		text: string,
	): Promise<void> {
		prints.reset();
		let from = 0;
		for (let index = 0; index < count; index++) {
			const end = indexOf(text, '\n', from);
			const line = slice(text, from, end < 0 ? text.length : end);
			from = end < 0 ? text.length : end + 1;
			if (marks[index + 1] === 1) continue;
			// The one before has not ended, whatever our promises were made to say.
			if (inside >= 0) break;
			if (group.size > 0 && now() - group.since > mostTogetherMs) tell(false);
			marks[0] = index + 1;
			inside = index;
			timers.begin();
			const context = freeze({...contextOf(task, attempt, deadline), index: first + index});
			if (!(await one(index, context, line, lineReturned))) break;
		}
		tell(false);
	}

	function lineReturned(index: number, text: string): boolean {
		if (inside !== index) return false;
		inside = -1;
		const leftover = timers.end();
		// What has no room beside others must not take theirs.
		if (group.text.length + text.length > mostTogetherCharacters) tell(false);
		if (group.size === 0) {
			group.since = now();
			group.text = `{"value":${text}}`;
		} else group.text += `,{"value":${text}}`;
		group.size += 1;
		group.last = index;
		const isFull = group.size >= mostTogether || group.text.length > mostTogetherCharacters;
		if (leftover || isFull) tell(leftover);
		return !leftover;
	}

	function tell(leftover: boolean): void {
		const {size} = group;
		if (size === 0) return;
		group.size = 0;
		emit(group.last, values, group.text, leftover, prints.cutLines(), prints.cutCharacters(), size);
	}

	function returned(index: number, text: string): boolean {
		return end(index, result, text, false);
	}

	function contextOf(task: unknown, attempt: unknown, deadline: unknown): object {
		const {name, env} = loader.loaded;
		return freeze({task, attempt, deadline, function: name, env, log: prints.log});
	}

	return {run, lines, uncaught};
}
