// Prints docs/config.md from the schema of the settings; with `--check` it only compares, and fails
// where the page is out of date.
import {readFileSync, writeFileSync} from 'node:fs';
import {formatOf, settingOf} from '#config/checks.ts';
import {type Key, keys, variableOf} from '#config/schema.ts';

const file = 'docs/config.md';

const intro = `# Settings

<!-- Made by scripts/config-docs.ts from config/schema.ts. Change it there. -->

Defaults, then a file, then the environment, then flags: later ones win. \`warren config\` prints what is
in force and where each value came from.

- **File**: \`--config PATH\`, else \`warren.yaml\`, \`warren.yml\` or \`warren.json\` in the working directory.
  Groups may be nested (\`http: {port: 7070}\`) or written with dots (\`http.port: 7070\`).
- **Environment**: the variable named with each setting. One that is set to nothing counts as not set.
- **Flags**: the short one where there is one, and \`--set key=value\` for every setting.

A key that does not exist, or a value that does not fit, stops the start: the message names the key, what
was expected, what came and from where. Relative paths start at the working directory. Times need a unit
(\`500ms\`, \`30s\`, \`5m\`, \`2h\`, \`7d\`); sizes are bytes or have one (\`64MiB\`, \`512KiB\`). The password of a
URL is never printed.
`;

function page(): string {
	const groups = Map.groupBy(keys, key => key.split('.').slice(0, 1).join());
	const parts = [...groups].map(([name, members]) => `\n## ${name}\n\n${members.map(entry).join('\n')}`);
	return `${intro}${parts.join('')}`;
}

function entry(key: Key): string {
	const setting = settingOf(key);
	const format = formatOf(setting);
	const plain = setting.default === null ? (setting.otherwise ?? 'none') : `\`${showDefault(key)}\``;
	const flag = setting.flag === undefined ? '' : `, \`--${setting.flag}\``;
	return `- **\`${key}\`** (\`${variableOf(key)}\`${flag}): ${setting.doc}\n  Expects ${format.says(setting)}. Default: ${plain}.\n`;
}

function showDefault(key: Key): string {
	const setting = settingOf(key);
	const format = formatOf(setting);
	const value = format.read(setting.default);
	if (value === undefined) throw new Error(`The default of \`${key}\` does not fit its own format`);
	return format.show(value);
}

const wanted = page();
if (!process.argv.includes('--check')) {
	writeFileSync(file, wanted);
	console.log(`${file}: ${keys.length} settings`);
} else if (readFileSync(file, 'utf8') === wanted) {
	console.log(`${file}: up to date`);
} else {
	console.error(`${file} is out of date: run \`node bin/run.cjs scripts/config-docs.ts\``);
	process.exit(1);
}
