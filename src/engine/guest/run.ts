import type {Console} from './console.ts';
import {failureText, thrownText} from './failure.ts';
import type {Emit} from './host.ts';
import type {createLoader} from './module.ts';
import {freeze, parse, stringify} from './primordials.ts';
import type {Timers} from './timers.ts';

/** The most characters of a result; the host counts its bytes as well. */
const mostCharacters = 8 * 1024 * 1024;
const result = 0;
const failure = 1;
const perCall = 4;

type Loader = ReturnType<typeof createLoader>;

/** Runs calls one after the other, tells the host how each ended, and where it is. */
export function createRunner(emit: Emit, marks: Int32Array, timers: Timers, prints: Console, loader: Loader) {
	// The call inside; -1 between calls. What ends a call first wins: its own end or an uncaught error.
	let inside = -1;

	function end(index: number, kind: number, text: string, broken: boolean): boolean {
		if (inside !== index) return false;
		inside = -1;
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
			const went = await one(index, context, flat[at + 3] as string);
			if (!went) return;
		}
	}

	async function one(index: number, context: unknown, text: string): Promise<boolean> {
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
		return finish(index, value);
	}

	function finish(index: number, value: unknown): boolean {
		if (value === undefined) return end(index, result, 'null', false);
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
		if (text.length <= mostCharacters) return end(index, result, text, false);
		const message = `The result has ${text.length} characters of JSON, at most ${mostCharacters} bytes are allowed`;
		return end(index, failure, failureText('PAYLOAD_TOO_LARGE', message), false);
	}

	function contextOf(task: unknown, attempt: unknown, deadline: unknown): unknown {
		const {name, env} = loader.loaded;
		return freeze({task, attempt, deadline, function: name, env, log: prints.log});
	}

	return {run, uncaught};
}
