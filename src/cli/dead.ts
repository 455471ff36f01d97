import type {Command} from 'commander';
import {command, type Shell} from './command.ts';
import {deadListCommand} from './deadList.ts';
import {deadRedriveCommand} from './deadRedrive.ts';
import {deadShowCommand} from './deadShow.ts';

export function deadCommand(shell: Shell): Command {
	return command({
		name: 'dead',
		says: 'Tasks that ended dead: list them, see why, begin their next lives',
		examples: ['warren dead list', 'warren dead redrive --all --function mail'],
	})
		.addCommand(deadListCommand(shell))
		.addCommand(deadShowCommand(shell))
		.addCommand(deadRedriveCommand(shell));
}
