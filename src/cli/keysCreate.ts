import type {Command} from 'commander';
import {ratePattern} from '#keys/bucket.ts';
import {addEntry} from '#keys/keyChange.ts';
import {type Scope, scopes} from '#keys/keys.ts';
import {makeKey} from '#keys/secret.ts';
import type {Shell} from './command.ts';
import {UsageError} from './exit.ts';
import {type KeyFlags, keyCommand, keyFileOf} from './keyFile.ts';
import type {Starters} from './nodeOptions.ts';

type Options = KeyFlags & {scopes: string; rate?: string};

export function keysCreateCommand(shell: Shell, start: Starters): Command {
	const words = Object.entries(scopes).map(([name, says]) => `${name}: ${says}`);
	return keyCommand({
		name: 'create',
		says: 'Make a key and print it; it is shown this once',
		examples: [
			'warren keys create shop --scopes submit,read --rate 100/s',
			'export WARREN_KEY=$(warren keys create me --scopes deploy,submit,read,operate)',
			'warren keys create ci --scopes deploy --file /etc/warren/keys.yaml',
		],
	})
		.argument('<name>', 'whose it is; shown in lists')
		.requiredOption('--scopes <list>', `what it may be used for, with commas between. ${words.join('. ')}`)
		.option('--rate <rate>', 'the requests it may make of each server: 100/s, 30/m or 5/h (default: any)')
		.action((name: string, options: Options) => {
			shell.json = options.json ?? false;
			const {terminal} = shell;
			const {rate} = options;
			if (name === '' || name.length > 100) {
				throw new UsageError(`Expected a name of 1 to 100 characters, got ${name.length}`);
			}
			if (rate !== undefined && !new RegExp(ratePattern).test(rate)) {
				throw new UsageError(`Expected \`--rate\` to be like 100/s, 30/m or 5/h, got \`${rate}\``);
			}
			const file = keyFileOf(shell, start, options);
			const {key, ...made} = makeKey();
			const about = {name, scopes: scopesOf(options.scopes), ...(rate !== undefined && {rate})};
			addEntry(file, {...made, ...about, createdAt: terminal.clock.now()});
			if (shell.json) return terminal.print(JSON.stringify({id: made.id, ...about, key, file}, null, '\t'));
			terminal.print(key);
			terminal.say(
				`Keep it: it is not shown again. Its hash is in ${file}, under the id ${made.id}. Servers that ask for ` +
					'keys take it within 5 s; one that was started without any asks for them from its next start.',
			);
		});
}

function scopesOf(list: string): Scope[] {
	const names = list.split(',').map(name => name.trim());
	const unknown = names.find(name => !Object.hasOwn(scopes, name));
	if (unknown === undefined) return [...new Set(names)] as Scope[];
	const known = Object.keys(scopes).join(', ');
	throw new UsageError(
		`Expected \`--scopes\` to be some of ${known}, with commas between, got \`${unknown}\``,
	);
}
