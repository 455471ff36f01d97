// Many tasks from one file, and the wait for their ends.
import type {SubmitOptions} from '#contract/task.ts';
import {itemsOf} from '#lib/jsonSlices.ts';
import type {Session, Shell} from './command.ts';
import {exitCodes, UsageError} from './exit.ts';
import {checked, readSource} from './params.ts';
import {createProgress} from './progress.ts';
import {facts} from './table.ts';

export type ManyOptions = {readonly file?: string; readonly each?: 'item' | 'line'};

export async function inputsOf(
	argument: string | undefined,
	{file, each}: ManyOptions,
	{terminal}: Session,
): Promise<Buffer[]> {
	const path = file ?? (argument === '-' ? '-' : undefined);
	if (path === undefined)
		throw new UsageError('Expected --file PATH, or `-` for standard input, with --each');
	const text = await readSource(path, terminal);
	const name = path === '-' ? 'Standard input' : path;
	const items = each === 'line' ? linesOf(text, path) : itemsOf(checked(text, name));
	if (items?.length === 0) throw new UsageError(`${name} is empty: there is nothing to submit`);
	if (items) return items;
	throw new UsageError(`Expected ${path} to hold a JSON array, for --each item`);
}

function linesOf(text: Buffer, path: string): Buffer[] {
	const name = path === '-' ? 'Standard input' : path;
	return text
		.toString()
		.split('\n')
		.flatMap((line, index) =>
			line.trim() === '' ? [] : [checked(Buffer.from(line), `${name}, line ${index + 1},`)],
		);
}

export async function submitAll(
	{client, terminal}: Session,
	fn: string,
	inputs: readonly Buffer[],
	options: SubmitOptions,
): Promise<{tasks: string[]; refused: number}> {
	if (options.key !== undefined)
		throw new UsageError('Expected no --key with --each: every task would have the same');
	const progress = createProgress(terminal, 'submitted', inputs.length);
	const tasks: string[] = [];
	let at = 0;
	const items = inputs.map(input => ({input}));
	for await (const answer of client.submitMany(fn, items, options)) {
		at += 1;
		progress.step();
		if (answer.ok) tasks.push(answer.receipt.task);
		else terminal.say(`warren: number ${at} was refused: ${answer.failure.code}: ${answer.failure.message}`);
	}
	progress.end();
	return {tasks, refused: inputs.length - tasks.length};
}

/** Waits abreast: more would only be more connections. */
const abreast = 32;

export async function waitForAll(
	shell: Shell,
	session: Session,
	tasks: string[],
	refused: number,
): Promise<void> {
	const {client, terminal, show} = session;
	const progress = createProgress(terminal, 'ended', tasks.length);
	const counts: Record<string, number> = {};
	const line = tasks.values();
	const work = async () => {
		for (const task of line) {
			const {state, failure} = await client.wait(task);
			counts[state] = (counts[state] ?? 0) + 1;
			progress.step();
			if (failure) terminal.say(`warren: ${task} is ${state}: ${failure.code}: ${failure.message}`);
		}
	};
	await Promise.all(Array.from({length: Math.min(abreast, tasks.length)}, work));
	progress.end();
	const failed = tasks.length - (counts.succeeded ?? 0);
	if (failed > 0) shell.exit(exitCodes.failed.code);
	show({tasks, refused, ...counts}, () => facts([...Object.entries(counts), ['refused', refused || null]]));
}
