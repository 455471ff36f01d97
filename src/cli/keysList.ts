import type {Command} from 'commander';
import {readEntries} from '#keys/keyFile.ts';
import type {Shell} from './command.ts';
import {type KeyFlags, keyCommand, keyFileOf} from './keyFile.ts';
import type {Starters} from './nodeOptions.ts';
import {ago, table} from './table.ts';

export function keysListCommand(shell: Shell, start: Starters): Command {
	return keyCommand({
		name: 'list',
		says: 'List the keys; what they are is known to their holders alone',
		examples: ['warren keys list', 'warren keys list --data /var/lib/warren --json'],
	}).action((options: KeyFlags) => {
		shell.json = options.json ?? false;
		const {terminal} = shell;
		const file = keyFileOf(shell, start, options);
		const entries = readEntries(file).map(({hash: _, ...shown}) => shown);
		if (shell.json) return terminal.print(JSON.stringify(entries, null, '\t'));
		const rows = entries.map(({id, name, scopes, rate, createdAt}) => [
			...[id, name, scopes.join(','), rate ?? 'any'],
			ago(createdAt, terminal.clock.now()),
		]);
		const head = ['ID', 'NAME', 'SCOPES', 'RATE', 'MADE'];
		terminal.print(table(head, rows, `There is no key in ${file}.`, terminal.columns));
	});
}
