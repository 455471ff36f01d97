import type {Command} from 'commander';
import type {FunctionView} from '#contract/function.ts';
import {formatDuration} from '#lib/duration.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {functionsPauseCommand} from './functionsPause.ts';
import {functionsResumeCommand} from './functionsResume.ts';
import {ago, bytes, facts, moment, short, table} from './table.ts';

export function functionsCommand(shell: Shell): Command {
	return (
		remoteCommand({
			name: 'functions',
			says: 'List the functions, look at one and its versions, pause and resume them',
			examples: ['warren functions', 'warren functions hello --json', 'warren functions resume hello'],
		})
			// Or `--json` after a command of its own would be taken for its own.
			.enablePositionalOptions()
			.addCommand(functionsPauseCommand(shell))
			.addCommand(functionsResumeCommand(shell))
			.argument('[name]', 'a function')
			.action(async (name: string | undefined, options: Remote) => {
				const {client, show, terminal} = sessionOf(shell, options);
				const now = terminal.clock.now();
				if (name === undefined) {
					const views = await client.functions();
					show(views, () => list(views, now, terminal.columns));
				} else {
					const view = await client.function(name);
					const versions = await client.versions(name);
					show({...view, versions}, () => `${one(view)}\n\n${history(versions, view.version, now)}`);
				}
			})
	);
}

function list(views: readonly FunctionView[], now: number, columns: number | undefined): string {
	return table(
		['NAME', 'STATE', 'VERSION', 'RUNTIME', 'SIZE', 'DEPLOYED'],
		views.map(({name, state, number, version, runtime, codeBytes, updatedAt}) => [
			name,
			state,
			number === null ? '' : `${number} (${short(version)})`,
			runtime,
			bytes(codeBytes),
			ago(updatedAt, now),
		]),
		'No function is deployed; `warren deploy FILE` makes one live.',
		columns,
	);
}

const whose = {breaker: 'its breaker', operator: 'an operator'} as const;

function one({name, state, pause, number, version, runtime, handler, policy, failure}: FunctionView): string {
	return facts([
		['name', name],
		['state', state],
		['paused by', pause && `${whose[pause.by]}, ${moment(pause.at)}: ${pause.why}`],
		['version', number === null ? null : `${number} (${version})`],
		['runtime', runtime],
		['handler', handler],
		['wall time', policy && formatDuration(policy.wallMs)],
		['CPU time', policy && formatDuration(policy.cpuMs)],
		['memory', policy && `${policy.memoryMb} MiB`],
		['attempts', policy && `${policy.maxAttempts} (${policy.infraAttempts} if Warren itself fails)`],
		['at once', policy?.concurrency?.toString()],
		['pool', policy?.pool],
		['needs', policy?.needs?.join(', ')],
		['isolation', policy?.isolation],
		['last failure', failure && `${failure.code}: ${failure.message}`],
	]);
}

function history(versions: readonly FunctionView[], live: string | null, now: number): string {
	return table(
		['VERSION', 'DIGEST', 'SIZE', 'MADE', ''],
		versions.map(({number, version, codeBytes, createdAt}) => [
			number,
			short(version),
			bytes(codeBytes),
			ago(createdAt, now),
			version === live ? 'live' : '',
		]),
		'It has no version that works.',
	);
}
