import type {Command} from 'commander';
import {command, type Shell} from './command.ts';
import {taskCancelCommand} from './taskCancel.ts';
import {taskGetCommand} from './taskGet.ts';
import {taskHistoryCommand} from './taskHistory.ts';
import {taskLogsCommand} from './taskLogs.ts';
import {taskResultCommand} from './taskResult.ts';
import {taskWaitCommand} from './taskWait.ts';
import {taskWhyCommand} from './taskWhy.ts';

export function taskCommand(shell: Shell): Command {
	return command({
		name: 'task',
		says: 'Look at one task, wait for it, read its result, its log or its history, cancel it',
		examples: ['warren task get 01JABCDEFGHJKMNPQRSTVWXYZ0', 'warren task cancel 01JABCDEFGHJKMNPQRSTVWXYZ0'],
	})
		.addCommand(taskGetCommand(shell))
		.addCommand(taskWaitCommand(shell))
		.addCommand(taskResultCommand(shell))
		.addCommand(taskLogsCommand(shell))
		.addCommand(taskWhyCommand(shell))
		.addCommand(taskHistoryCommand(shell))
		.addCommand(taskCancelCommand(shell));
}
