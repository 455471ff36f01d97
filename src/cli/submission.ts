// The options of a task, for the commands that make one.
import type {Command} from 'commander';
import type {Class} from '#actors/lane.ts';
import type {SubmitOptions} from '#contract/task.ts';
import type {Clock} from '#lib/clock.ts';
import {collect} from './command.ts';
import {classOption, span, whole} from './deploy.ts';
import {UsageError} from './exit.ts';

export type SubmissionFlags = {
	key?: string;
	version?: string;
	timeout?: string;
	expires?: string;
	deadline?: string;
	maxAttempts?: string;
	class?: Class;
	spill?: boolean;
};

export function withInput(command: Command): Command {
	return command
		.argument('<function>', 'the function')
		.argument('[input]', 'the input as JSON; `-` reads standard input; nothing is null')
		.option(
			'-p, --param <name=value>',
			'a member of the input; name:=json for JSON; may be repeated',
			collect,
		)
		.option('--file <path>', 'the input from a file; `-` is standard input');
}

export function withSubmission(command: Command): Command {
	command.option('--key <key>', 'idempotency key: the same key gives the same task');
	return withTask(command, 'the longest time of one attempt')
		.option('--spill', 'it may run in another area where it would wait too long here')
		.option('--no-spill', 'it may not, whatever its function says');
}

/** What may be said of a chunk, too. */
export function withTask(command: Command, timeout: string): Command {
	return command
		.option('--version <digest>', 'run this version, not the live one')
		.option('--timeout <span>', timeout)
		.option('--expires <span>', 'how long it may wait to be started')
		.option('--deadline <time>', 'when it must be over: an ISO date, or a span from now')
		.option('--max-attempts <n>', 'attempts before a failure of the function is final')
		.addOption(classOption("its priority (default: the function's own)"));
}

export function submissionOf(flags: SubmissionFlags, clock: Clock): SubmitOptions {
	const {key, version, timeout, expires, deadline, maxAttempts, class: priority, spill} = flags;
	return {
		...(key !== undefined && {key}),
		...(version !== undefined && {version}),
		...(timeout !== undefined && {timeoutMs: span('--timeout', timeout)}),
		...(expires !== undefined && {expiresInMs: span('--expires', expires)}),
		...(deadline !== undefined && {deadline: momentOf(deadline, clock)}),
		...(maxAttempts !== undefined && {maxAttempts: whole('--max-attempts', maxAttempts)}),
		...(priority !== undefined && {class: priority}),
		...(spill !== undefined && {spill}),
	};
}

function momentOf(text: string, clock: Clock): number {
	if (/^\d+(\.\d+)?(ms|s|m|h|d)$/.test(text)) return clock.now() + span('--deadline', text);
	const at = Date.parse(text);
	if (Number.isFinite(at)) return at;
	throw new UsageError(
		`Expected \`--deadline\` to be an ISO date or a span from now like 1h, got \`${text}\``,
	);
}
