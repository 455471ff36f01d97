// Exit codes are a public contract (docs/cli.md prints this table), and errors are one sentence.
import {CommanderError} from 'commander';
import type {FailureCode} from '#actors/failure.ts';
import {WarrenError} from '#client/error.ts';
import type {Terminal} from './terminal.ts';

export const exitCodes = {
	ok: {code: 0, says: 'It was done'},
	usage: {code: 1, says: 'The command was not understood, or a file it names is not right'},
	failed: {
		code: 2,
		says: 'The task failed: it is dead, cancelled or expired; or what was checked is not right (`audit`)',
	},
	unreachable: {code: 3, says: 'Warren is not reachable, or not ready; for a node, its broker or its store'},
	refused: {code: 4, says: 'Warren refused the request'},
	internal: {code: 5, says: 'Warren itself failed'},
	waitOver: {code: 6, says: 'The wait ran out; what was waited for (a task, a drain, a restart) goes on'},
	denied: {code: 7, says: 'The API key is missing, not known, or lacks the scope'},
	interrupted: {code: 130, says: 'Ctrl-C; for a node, the second one'},
} as const;

/** Failures of the task itself, not of the request. */
const taskFailures: ReadonlySet<FailureCode> = new Set<FailureCode>([
	'FUNCTION_THREW',
	'TIMEOUT',
	'CPU_LIMIT',
	'MEMORY_LIMIT',
	'CRASHED',
	'RESULT_NOT_SERIALIZABLE',
	'DEADLINE_EXCEEDED',
	'EXPIRED',
	'CANCELLED',
	'DELIVERY_LIMIT',
]);

/** The user's mistake, in one sentence that says what was expected and what to do. */
export class UsageError extends Error {
	override readonly name = 'UsageError';
}

/** Says what went wrong and gives the exit code. */
export function explain(error: unknown, terminal: Terminal, json: boolean): number {
	// Commander has said it already.
	if (error instanceof CommanderError) return error.exitCode;
	if (terminal.env.WARREN_DEBUG && error instanceof Error) terminal.say(error.stack ?? error.message);
	if (error instanceof WarrenError) return explainRefusal(error, terminal, json);
	const message = error instanceof Error ? error.message : String(error);
	const todo = error instanceof Error && error.name === 'TransportDown' ? brokerHint(terminal.me) : '';
	terminal.say(json ? JSON.stringify({error: {message}}) : `warren: ${message}${todo}`);
	if (isAway(error)) return exitCodes.unreachable.code;
	return isMistake(error) ? exitCodes.usage.code : exitCodes.internal.code;
}

function explainRefusal(error: WarrenError, terminal: Terminal, json: boolean): number {
	const {failure, task} = error;
	if (json) terminal.say(JSON.stringify({error: failure, ...(task !== undefined && {task})}));
	else
		terminal.say(
			`warren: ${failure.code}: ${failure.message}${placeOf(failure.stack)}${hint(error, terminal.me)}`,
		);
	return codeOf(error);
}

function codeOf({failure: {code}, task, unreachable}: WarrenError): number {
	if (unreachable || code === 'UNAVAILABLE') return exitCodes.unreachable.code;
	if (code === 'WAIT_OVER') return exitCodes.waitOver.code;
	if (code === 'UNAUTHORIZED' || code === 'FORBIDDEN') return exitCodes.denied.code;
	if (code === 'INTERNAL') return exitCodes.internal.code;
	const ofTask = taskFailures.has(code) || (code === 'PAYLOAD_TOO_LARGE' && task !== undefined);
	return (ofTask ? exitCodes.failed : exitCodes.refused).code;
}

/** Where in the user's own code: the first frame of its stack that is not the language's own. */
export function placeOf(stack: string | undefined): string {
	const frame = /^\s*at (?!.*<anonymous>)(.*)$/m.exec(stack ?? '')?.[1];
	return frame === undefined ? '' : ` (at ${frame})`;
}

function hint({unreachable, failure, task}: WarrenError, me: string): string {
	if (unreachable) return `\n  Start one with \`${me} up\`, or give its address with --url or WARREN_URL.`;
	if (failure.code === 'FUNCTION_NOT_FOUND') return `\n  \`${me} functions\` lists those that are deployed.`;
	if (failure.code === 'TASK_NOT_FOUND') return `\n  \`${me} tasks\` lists those that are kept.`;
	if (failure.code === 'UNAUTHORIZED') {
		return `\n  Give a key in WARREN_KEY or with --api-key; \`${me} keys create\` makes one where the server runs.`;
	}
	if (task !== undefined) return `\n  Its life: ${me} task get ${task}`;
	return '';
}

// By name: the command line does not know the rooms that these come from.
const mistakes = new Set([
	...['UsageError', 'ConfigError', 'FolderTaken', 'BundleError', 'WallsMissing'],
	...['KeysMissing', 'KeyFileTrouble'],
]);

const brokerHint = (me: string): string =>
	`\n  Does it run there? --broker or WARREN_BROKER_URL gives its address; \`${me} config\` shows what is in force.`;

/** What a node needs is out of reach; its message names it. */
function isAway(error: unknown): boolean {
	return error instanceof Error && (error.name === 'TransportDown' || error.name === 'StoreTrouble');
}

function isMistake(error: unknown): boolean {
	return error instanceof Error && mistakes.has(error.name);
}
