import type {Command} from 'commander';
import {removeEntry} from '#keys/keyChange.ts';
import type {Shell} from './command.ts';
import {UsageError} from './exit.ts';
import {type KeyFlags, keyCommand, keyFileOf} from './keyFile.ts';
import type {Starters} from './nodeOptions.ts';

export function keysRevokeCommand(shell: Shell, start: Starters): Command {
	return keyCommand({
		name: 'revoke',
		says: 'Take a key out of the file; servers refuse it within 5 s and cut off who still uses it',
		examples: ['warren keys revoke 0f3a9c21d7'],
	})
		.argument('<id>', 'its id, as `warren keys list` shows it; it is the middle of the key, too')
		.action((id: string, options: KeyFlags) => {
			shell.json = options.json ?? false;
			const {terminal} = shell;
			const file = keyFileOf(shell, start, options);
			if (!removeEntry(file, id)) {
				throw new UsageError(
					`There is no such key in ${file}; \`${terminal.me} keys list\` lists those that are`,
				);
			}
			terminal.print(shell.json ? JSON.stringify({revoked: id}) : `${id} is revoked`);
		});
}
