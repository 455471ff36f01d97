import {type Command, Option} from 'commander';
import type {ChunkEnd} from '#client/chunks.ts';
import {itemsOf} from '#lib/jsonSlices.ts';
import {type Remote, remoteCommand, type Session, type Shell, sessionOf} from './command.ts';
import {whole} from './deploy.ts';
import {exitCodes} from './exit.ts';
import {createProgress} from './progress.ts';
import {type SubmissionFlags, submissionOf, withTask} from './submission.ts';
import {inputsOf, type ManyOptions} from './submitMany.ts';

type Options = Remote & SubmissionFlags & ManyOptions & {size?: string};

export function mapCommand(shell: Shell): Command {
	const command = remoteCommand({
		name: 'map',
		says: 'Call a function for each of many inputs, many to a task, and print what each returned',
		examples: [
			'warren map square --file numbers.ndjson > squares.ndjson',
			'warren map resize --file images.json --each item --size 20',
			'seq 1 100000 | warren map square --file -',
		],
	})
		.argument('<function>', 'the function')
		.requiredOption('--file <path>', 'the inputs from a file; `-` is standard input')
		.addOption(
			new Option('--each <kind>', 'line: of text, each one JSON; item: of a JSON array')
				.choices(['line', 'item'])
				.default('line'),
		)
		.option('--size <n>', 'inputs of a task, at most (default: 500, fewer where there are few)');
	return withTask(command, 'the longest time for one input').action(async (fn: string, options: Options) => {
		const session = sessionOf(shell, options);
		const inputs = await inputsOf(undefined, options, session);
		const submission = submissionOf(options, session.terminal.clock);
		const size = options.size === undefined ? {} : {size: whole('--size', options.size)};
		const failed = await printAll(
			session,
			inputs.length,
			session.client.mapChunks(fn, inputs, {...submission, ...size}),
		);
		if (failed > 0) shell.exit(exitCodes.failed.code);
	});
}

/** One line an input, in their order: `{"value": …}` or `{"failure": …}`. Gives how many failed. */
async function printAll(
	{terminal}: Session,
	inputs: number,
	chunks: AsyncIterable<ChunkEnd>,
): Promise<number> {
	const progress = createProgress(terminal, 'ended', inputs);
	let failed = 0;
	for await (const chunk of chunks) {
		for (const line of linesOf(chunk)) {
			if (line.startsWith('{"failure"')) failed += 1;
			terminal.print(line);
		}
		progress.step(chunk.count);
	}
	progress.end();
	return failed;
}

function linesOf(chunk: ChunkEnd): string[] {
	if ('text' in chunk) return (itemsOf(Buffer.from(chunk.text)) ?? []).map(item => item.toString());
	const line = JSON.stringify({failure: chunk.failure});
	return Array.from({length: chunk.count}, () => line);
}
