import type {Command} from 'commander';
import type {Client, Returned} from '#client/client.ts';
import {WarrenError} from '#client/error.ts';
import type {SubmitOptions} from '#contract/task.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {span} from './deploy.ts';
import {type InputOptions, inputOf} from './params.ts';
import {type SubmissionFlags, submissionOf, withInput, withSubmission} from './submission.ts';
import type {Terminal} from './terminal.ts';

type Options = Remote & InputOptions & SubmissionFlags & {wait?: string};

export function invokeCommand(shell: Shell): Command {
	const command = remoteCommand({
		name: 'invoke',
		says: 'Run a function, wait for it and print its result',
		examples: [
			'warren invoke hello -p name=Ada',
			'warren invoke hello \'{"name": "Ada"}\' --json',
			'warren invoke markdown --file README.json --wait 2m',
			"echo '[1, 2, 3]' | warren invoke sum -",
		],
	});
	return withSubmission(withInput(command))
		.option('--wait <span>', 'how long to wait (default: until it has ended)')
		.action(async (fn: string, argument: string | undefined, options: Options) => {
			const {client, json, terminal} = sessionOf(shell, options);
			const input = await inputOf(argument, options, terminal);
			const submission = submissionOf(options, terminal.clock);
			const waitMs = options.wait === undefined ? undefined : span('--wait', options.wait);
			const quiet = explainSilence(client, terminal);
			const {text, ...about} = await run(client, fn, input, submission, waitMs).finally(quiet);
			if (!json) return terminal.print(text);
			// The result as it came: parsed and printed again it could lose digits.
			const {result: _, ...rest} = about;
			return terminal.print(`{"result":${text},${JSON.stringify(rest).slice(1)}`);
		});
}

/** How long nothing is said about why nothing happens. */
const silenceMs = 2000;

/** Says what the node lacks, if that is why nothing comes; until the returned function is called. */
function explainSilence(client: Client, terminal: Terminal): () => void {
	let over = false;
	const look = async () => {
		const missing = await client.missing();
		if (missing !== undefined && !over) terminal.say(`warren: still waiting. ${missing}`);
	};
	// Whoever is out of reach is told by the invocation itself.
	const off = terminal.clock.after(silenceMs, () => void look().catch(() => {}));
	return () => {
		over = true;
		off();
	};
}

/** One request is bounded by the node; without a wait of its own a command goes on until the end. */
async function run(
	client: Client,
	fn: string,
	input: Uint8Array,
	submission: SubmitOptions,
	waitMs: number | undefined,
): Promise<Returned<unknown>> {
	try {
		return await client.invoke(fn, input, {...submission, ...(waitMs !== undefined && {waitMs})});
	} catch (error) {
		const isOver = error instanceof WarrenError && error.failure.code === 'WAIT_OVER';
		if (!isOver || error.task === undefined || waitMs !== undefined) throw error;
		const {usage, attempt} = await client.wait(error.task);
		const text = await client.resultText(error.task);
		const result: unknown = JSON.parse(text);
		return {task: error.task, result, text, attempt, worker: usage?.worker, runMs: usage?.runMs};
	}
}
