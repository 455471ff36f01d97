import {type Command, Option} from 'commander';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {exitCodes} from './exit.ts';
import {type InputOptions, inputOf} from './params.ts';
import {type SubmissionFlags, submissionOf, withInput, withSubmission} from './submission.ts';
import {inputsOf, type ManyOptions, submitAll, waitForAll} from './submitMany.ts';

type Options = Remote & InputOptions & SubmissionFlags & ManyOptions & {wait?: boolean};

export function submitCommand(shell: Shell): Command {
	const command = remoteCommand({
		name: 'submit',
		says: 'Submit tasks and print their ids; with --each, a task for every item or line of a file',
		examples: [
			'warren submit hello -p name=Ada',
			'warren submit mail --file order.json --key order-17 --deadline 1h',
			'warren submit resize --file images.json --each item --wait',
			'cat events.ndjson | warren submit ingest --file - --each line',
		],
	});
	return withSubmission(withInput(command))
		.addOption(
			new Option('--each <kind>', 'item: of a JSON array; line: of text, each one JSON').choices([
				'item',
				'line',
			]),
		)
		.option('--wait', 'wait until all have ended; the exit code is 2 if one failed')
		.action(async (fn: string, argument: string | undefined, options: Options) => {
			const session = sessionOf(shell, options);
			const submission = submissionOf(options, session.terminal.clock);
			if (options.each === undefined) {
				const input = await inputOf(argument, options, session.terminal);
				const receipt = await session.client.submit(fn, input, submission);
				if (!options.wait) return session.show(receipt, () => receipt.task);
				return await waitForAll(shell, session, [receipt.task], 0);
			}
			const inputs = await inputsOf(argument, options, session);
			const {tasks, refused} = await submitAll(session, fn, inputs, submission);
			if (refused > 0) shell.exit(exitCodes.refused.code);
			if (options.wait) return await waitForAll(shell, session, tasks, refused);
			return session.show({tasks, refused}, () => tasks.join('\n'));
		});
}
