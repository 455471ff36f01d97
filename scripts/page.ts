// A generated page: written, or with `--check` compared with what is there.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {basename} from 'node:path';

/** Writes the page; with `--check` it only compares, and the process fails where it differs. */
export function publish(file: string, text: string): void {
	if (!process.argv.includes('--check')) {
		writeFileSync(file, text);
		console.log(`${file}: ${text.split('\n').length - 1} lines`);
		return;
	}
	if (existsSync(file) && readFileSync(file, 'utf8') === text) {
		console.log(`${file}: up to date`);
		return;
	}
	const script = basename(process.argv[1] ?? '');
	console.error(`${file} is out of date: run \`node bin/run.cjs scripts/${script}\``);
	process.exitCode = 1;
}

/** The line under the title that says where to change it. */
export const madeBy = (script: string, source: string): string =>
	`<!-- Made by scripts/${script} from ${source}. Change it there. -->`;

/** A Markdown table. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) =>
		`| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
