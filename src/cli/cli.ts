/**
 * The command line: one command a file, each a thin use of the client. Starting nodes is handed in.
 *
 * - Results go to standard output, everything else to standard error; `--json` makes both JSON.
 * - Exit codes are those of `exit.ts`.
 * - An error is one sentence; never a stack, unless WARREN_DEBUG is set.
 */

import {Command} from 'commander';
import {auditCommand} from './audit.ts';
import type {Shell} from './command.ts';
import {configCommand} from './config.ts';
import {deadCommand} from './dead.ts';
import {deployCommand} from './deploy.ts';
import {drainCommand} from './drain.ts';
import {eventsCommand} from './events.ts';
import {exitCodes, explain} from './exit.ts';
import {functionsCommand} from './functions.ts';
import {initCommand} from './init.ts';
import {invokeCommand} from './invoke.ts';
import {keysCommand} from './keys.ts';
import {mapCommand} from './map.ts';
import type {Starters} from './nodeOptions.ts';
import {nodesCommand} from './nodes.ts';
import {poolsCommand} from './pools.ts';
import {removeCommand} from './remove.ts';
import {scaleCommand} from './scale.ts';
import {serverCommand} from './server.ts';
import {statusCommand} from './status.ts';
import {submitCommand} from './submit.ts';
import {superviseCommand} from './supervise.ts';
import {supervisorsCommand} from './supervisors.ts';
import {taskCommand} from './task.ts';
import {tasksCommand} from './tasks.ts';
import type {Terminal} from './terminal.ts';
import {upCommand} from './up.ts';
import {workerCommand} from './worker.ts';
import {workersCommand} from './workers.ts';

export type CliOptions = {readonly start: Starters; readonly terminal: Terminal; readonly version: string};

export type Cli = {
	/** Runs the command that the arguments name; gives the exit code. */
	run(args: readonly string[]): Promise<number>;
	/** For the documentation. */
	readonly program: Command;
};

export function createCli({start, terminal, version}: CliOptions): Cli {
	let code: number = exitCodes.ok.code;
	const shell: Shell = {
		terminal,
		json: false,
		exit(given) {
			code = given;
		},
	};
	const program = new Command('warren')
		.description('Runs functions that other people wrote, fed by queues.')
		// So that a command may have a `--version` of its own.
		.enablePositionalOptions()
		.version(version, '-V, --version', 'print the version')
		.addHelpText('after', introduction);
	const groups: [string, Command[]][] = [
		[
			'Nodes',
			[
				upCommand(shell, start),
				serverCommand(shell, start),
				workerCommand(shell, start),
				superviseCommand(shell, start),
				configCommand(shell, start),
			],
		],
		['Functions', [initCommand(shell), deployCommand(shell), functionsCommand(shell), removeCommand(shell)]],
		[
			'Tasks',
			[
				invokeCommand(shell),
				submitCommand(shell),
				mapCommand(shell),
				tasksCommand(shell),
				taskCommand(shell),
				deadCommand(shell),
			],
		],
		[
			'Operations',
			[
				statusCommand(shell),
				workersCommand(shell),
				supervisorsCommand(shell),
				scaleCommand(shell),
				drainCommand(shell),
				poolsCommand(shell),
				nodesCommand(shell),
				auditCommand(shell),
				keysCommand(shell, start),
				eventsCommand(shell),
			],
		],
	];
	for (const [group, commands] of groups) {
		for (const command of commands) program.addCommand(command.helpGroup(`${group}:`));
	}
	quiet(program, terminal);
	return {
		program,
		async run(args) {
			try {
				await program.parseAsync(args, {from: 'user'});
				return code;
			} catch (error) {
				return explain(error, terminal, shell.json);
			}
		},
	};
}

/** Nothing exits the process or writes past the terminal. */
function quiet(command: Command, terminal: Terminal, above = ''): void {
	const name = `${above}${command.name()}`;
	command.exitOverride().configureOutput({
		writeOut: text => terminal.print(text.trimEnd()),
		writeErr: text => terminal.say(text.trimEnd()),
		outputError: (text, write) =>
			write(`${text.replace(/^error: /, 'warren: ').trimEnd()}\n  \`${name} --help\` lists what there is.`),
	});
	command.showSuggestionAfterError(true);
	for (const child of command.commands) quiet(child, terminal, `${name} `);
}

const introduction = `
A first function:
  $ warren up                        in one terminal
  $ warren init hello                in another
  $ warren deploy hello/hello.ts
  $ warren invoke hello -p name=Ada`;
