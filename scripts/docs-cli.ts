// Prints docs/cli.md from the help of the commands; with `--check` it only compares.
import type {Command} from 'commander';
import {createCli} from '#cli/cli.ts';
import {exitCodes} from '#cli/exit.ts';
import {processTerminal} from '#cli/terminal.ts';
import {systemClock} from '#lib/clock.ts';
import {madeBy, markdownTable, publish} from './page.ts';

const nobody = async () => 0;
const {program} = createCli({
	start: {up: nobody, server: nobody, worker: nobody, supervise: nobody, config: nobody, keyFile: () => ''},
	terminal: processTerminal(systemClock),
	version: '',
});

publish(
	'docs/cli.md',
	`# The command line

${madeBy('docs-cli.ts', 'src/cli')}

- Results go to standard output, everything else to standard error. \`--json\` makes both JSON, on every command
  that prints something.
- Commands that talk to a node find it at \`--url\`, else \`WARREN_URL\`, else http://127.0.0.1:7070.
- Where it asks for API keys, they send the one of \`--api-key\`, else \`WARREN_KEY\`.
- An error is one sentence: what it is about, what was expected, what to do. \`WARREN_DEBUG=1\` adds the stack.
- \`-p name=value\` takes numbers, \`true\`, \`false\`, \`null\` and anything that looks like JSON and is; all else is
  text. \`-p name:=json\` takes JSON only. Numbers keep all their digits.

## Exit codes

${markdownTable(
	['code', 'meaning'],
	Object.values(exitCodes).map(({code, says}) => [String(code), says]),
)}

${sections(program, []).join('\n\n')}
`,
);

function sections(command: Command, path: readonly string[]): string[] {
	const here = [...path, command.name()];
	const children = command.commands.filter(one => one.name() !== 'help');
	return [
		`${'#'.repeat(2)} ${here.join(' ')}\n\n${block(helpOf(command))}`,
		...children.flatMap(one => sections(one, here)),
	];
}

/** What `--help` prints, at a width of its own. */
function helpOf(command: Command): string {
	const chunks: string[] = [];
	command
		.configureHelp({helpWidth: 100})
		.configureOutput({writeOut: text => chunks.push(text), getOutHasColors: () => false});
	command.outputHelp();
	return chunks.join('').trim();
}

function block(text: string): string {
	return `\`\`\`text\n${text}\n\`\`\``;
}
