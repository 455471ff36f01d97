// What commands have in common: how they are made, where they connect, how they show what they got.
import {Command} from 'commander';
import {type Client, createClient} from '#client/client.ts';
import {UsageError} from './exit.ts';
import type {Terminal} from './terminal.ts';

/** One run of the command line. */
export type Shell = {
	readonly terminal: Terminal;
	/** The exit code if nothing goes wrong; 0 unless said. */
	exit(code: number): void;
	/** Failures are to be told as JSON. */
	json: boolean;
};

export const usualUrl = 'http://127.0.0.1:7070';

type About = {readonly name: string; readonly says: string; readonly examples: readonly string[]};

export function command({name, says, examples}: About): Command {
	const lines = examples.map(example => `  $ ${example}`).join('\n');
	return new Command(name).description(says).addHelpText('after', `\nExamples:\n${lines}`);
}

/** A command that talks to a node. */
export function remoteCommand(about: About): Command {
	return command(about)
		.option('--url <url>', `where Warren is (default: WARREN_URL, or ${usualUrl})`)
		.option('--api-key <key>', 'the key to call with (better: WARREN_KEY, since `ps` shows arguments)')
		.option('--json', 'print JSON instead of text for people');
}

export type Session = {
	readonly client: Client;
	readonly json: boolean;
	readonly terminal: Terminal;
	/** Prints the value as JSON, or as people like it. */
	readonly show: (value: unknown, forPeople: () => string) => void;
};

/** The node that a command is about, as its options say. */
export function sessionOf(shell: Shell, {url, apiKey, json = false}: Remote): Session {
	shell.json = json;
	const {terminal} = shell;
	const key = keyOf(apiKey, terminal.env.WARREN_KEY);
	return {
		client: createClient({url: addressOf(url, terminal.env.WARREN_URL), ...(key !== undefined && {key})}),
		json,
		terminal,
		show: (value, forPeople) => terminal.print(json ? JSON.stringify(value, null, '\t') : forPeople()),
	};
}

/** @throws UsageError when it is no address of HTTP */
function addressOf(flag: string | undefined, variable: string | undefined): string {
	const url = flag ?? (variable || usualUrl);
	if (/^https?:\/\/./i.test(url) && URL.canParse(url)) return url;
	const where = flag === undefined ? 'WARREN_URL' : '--url';
	throw new UsageError(`Expected ${where} to be an address like ${usualUrl}, got \`${url}\``);
}

/** @throws UsageError that does not show it, when it can't be a key */
function keyOf(flag: string | undefined, variable: string | undefined): string | undefined {
	const key = flag ?? (variable || undefined);
	if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return key;
	const where = flag === undefined ? 'WARREN_KEY' : '--api-key';
	throw new UsageError(`Expected ${where} to be a key like \`wk_…\`, got something with other characters`);
}

/** What every remote command was given. */
export type Remote = {url?: string; apiKey?: string; json?: boolean};

/** For options that may be given several times. */
export const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];
