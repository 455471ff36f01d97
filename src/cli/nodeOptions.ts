// The options of the commands that start a node, or look at its configuration. Values go on as the
// text they are: the configuration checks them, and names the flag if one is wrong.
import type {Command} from 'commander';
import {collect} from './command.ts';
import {UsageError} from './exit.ts';

/** Settings by their short names or their keys, as text. */
export type Flags = Readonly<Record<string, string | undefined>>;

/** What starts and stops processes; handed in, because the command line knows no node. Gives exit codes. */
export type Starters = {
	up(flags: Flags, json: boolean): Promise<number>;
	server(flags: Flags): Promise<number>;
	worker(flags: Flags): Promise<number>;
	supervise(flags: Flags, workers: number): Promise<number>;
	config(flags: Flags, json: boolean): Promise<number>;
	/** Where such a node keeps its API keys. */
	keyFile(flags: Flags): string;
};

const broker = 'amqp(s)://user:password@host:port, the same for all nodes';
const embedded = 'memory: (in this process), or amqp(s)://… (default: memory:)';

/** Of a node with both roles, unless its settings say otherwise. */
export const withNodeOptions = (command: Command): Command =>
	withSettings(withCrewOptions(withServerOptions(withFolder(command).option('--broker <url>', embedded))));

/** Of a node that runs no functions. */
export const withServerNodeOptions = (command: Command): Command =>
	withSettings(withServerOptions(withFolder(command).option('--broker <url>', broker)));

/** Of a node that only runs functions, or keeps others that do. */
export const withWorkerNodeOptions = (command: Command): Command =>
	withSettings(withCrewOptions(withFolder(command).option('--broker <url>', broker)));

function withFolder(command: Command): Command {
	return command
		.option('--config <file>', 'settings from this YAML or JSON file, not from ./warren.yaml')
		.option('--data <folder>', 'the folder of this node (default: .warren)');
}

function withServerOptions(command: Command): Command {
	return command
		.option('--host <address>', 'where REST listens (default: 127.0.0.1)')
		.option('--port <port>', 'the port of REST; 0 takes a free one (default: 7070)')
		.option('--store <url>', 'memory:, sqlite:PATH or postgres://… (default: sqlite: in the data folder)');
}

function withCrewOptions(command: Command): Command {
	return command
		.option('--pool <pool>', 'whose tasks its workers take (default: default)')
		.option('--tags <tags>', 'what its workers have that functions may need, like gpu,eu');
}

function withSettings(command: Command): Command {
	return command
		.option('--log <level>', 'trace, debug, info, warn, error, fatal or silent')
		.option('--set <key=value>', 'any other setting (docs/config.md); may be repeated', collect);
}

export function flagsOf({set = [], ...named}: Flags & {set?: string[]; json?: boolean}): Flags {
	const pairs = set.map(pair => {
		const [, key, value] = /^([^=]+)=([\s\S]*)$/.exec(pair) ?? [];
		if (key === undefined) throw new UsageError(`Expected --set key=value, got \`--set ${pair}\``);
		return [key, value] as const;
	});
	const texts = Object.entries(named).filter(([, value]) => typeof value === 'string');
	return Object.fromEntries([...texts, ...pairs]) as Flags;
}
