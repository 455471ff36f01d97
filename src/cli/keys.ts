import type {Command} from 'commander';
import {command, type Shell} from './command.ts';
import {keysCreateCommand} from './keysCreate.ts';
import {keysListCommand} from './keysList.ts';
import {keysRevokeCommand} from './keysRevoke.ts';
import type {Starters} from './nodeOptions.ts';

export function keysCommand(shell: Shell, start: Starters): Command {
	return command({
		name: 'keys',
		says: 'API keys for REST, in a file of the server: make, list, revoke them',
		examples: ['warren keys create shop --scopes submit,read --rate 100/s', 'warren keys list'],
	})
		.addCommand(keysCreateCommand(shell, start))
		.addCommand(keysListCommand(shell, start))
		.addCommand(keysRevokeCommand(shell, start));
}
