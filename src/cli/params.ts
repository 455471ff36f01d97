// Inputs from the command line. They are made as JSON text and never parsed to values, so a long
// number keeps its digits.
import {readFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import {jsonFlaw} from '#lib/jsonFlaw.ts';
import {UsageError} from './exit.ts';
import type {Terminal} from './terminal.ts';

export type InputOptions = {readonly param?: readonly string[]; readonly file?: string};

/**
 * The input of a task as JSON text: the argument, or `-p` parameters, or a file (`-`: standard
 * input). Nothing given is `null`.
 * @throws UsageError when it is given twice or is not JSON
 */
export async function inputOf(
	argument: string | undefined,
	{param = [], file}: InputOptions,
	terminal: Terminal,
): Promise<Buffer> {
	const given = [argument !== undefined, param.length > 0, file !== undefined].filter(Boolean).length;
	if (given > 1) throw new UsageError('Expected the input once: as an argument, with -p, or with --file');
	if (param.length > 0) return Buffer.from(objectOf(param));
	const source = argument === '-' ? '-' : file;
	if (source !== undefined) return readJson(source, terminal);
	return argument === undefined ? Buffer.from('null') : checked(Buffer.from(argument), 'The input');
}

/** The bytes of a file, `-` for standard input. @throws UsageError when it can't be read */
export async function readSource(path: string, terminal: Terminal): Promise<Buffer> {
	if (path === '-') return terminal.read();
	try {
		return await readFile(resolve(terminal.cwd, path));
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
		throw new UsageError(`${path} can't be read (${code})`);
	}
}

async function readJson(path: string, terminal: Terminal): Promise<Buffer> {
	return checked(await readSource(path, terminal), path === '-' ? 'Standard input' : path);
}

export function checked(text: Buffer, name: string): Buffer {
	const flaw = jsonFlaw(text);
	if (flaw === undefined) return text;
	const quote = name === 'The input' ? ' (a text needs quotes of its own, or use -p name=text)' : '';
	throw new UsageError(`${name} is not valid JSON: ${flaw}${quote}`);
}

/** `a=1`, `b=text`, `c:=[1,2]` → `{"a":1,"b":"text","c":[1,2]}` */
export function objectOf(params: readonly string[]): string {
	const members = new Map<string, string>();
	for (const param of params) {
		const match = /^([^=]+?)(:=|=)([\s\S]*)$/.exec(param);
		const [, name = '', sign, value = ''] = match ?? [];
		if (!match) throw new UsageError(`Expected a parameter like \`name=value\`, got \`${param}\``);
		if (members.has(name)) throw new UsageError(`The parameter \`${name}\` was given twice`);
		members.set(name, sign === ':=' ? jsonOf(name, value) : typedText(value));
	}
	return `{${[...members].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

function jsonOf(name: string, value: string): string {
	return checked(Buffer.from(value), `The parameter \`${name}\``).toString();
}

/** Numbers, true, false, null, and whatever looks like JSON and is; all else is text. */
function typedText(value: string): string {
	const typed = /^(-?\d|true$|false$|null$|[[{"])/.test(value);
	return typed && jsonFlaw(Buffer.from(value)) === undefined ? value : JSON.stringify(value);
}
