// Which file of keys a command is about: the one that is named, or the one that a server started with
// the same settings would read.
import {resolve} from 'node:path';
import type {Command} from 'commander';
import {command, type Shell} from './command.ts';
import type {Starters} from './nodeOptions.ts';

export type KeyFlags = {file?: string; data?: string; config?: string; json?: boolean};

export function keyCommand(about: Parameters<typeof command>[0]): Command {
	return command(about)
		.option('--file <path>', 'the file of keys (default: `http.keys`, or keys.json in the data folder)')
		.option('--data <folder>', 'the folder of the node (default: .warren)')
		.option('--config <file>', 'settings from this YAML or JSON file, not from ./warren.yaml')
		.option('--json', 'print JSON instead of text for people');
}

export function keyFileOf({terminal}: Shell, start: Starters, {file, data, config}: KeyFlags): string {
	return file === undefined ? start.keyFile({data, config}) : resolve(terminal.cwd, file);
}
