// `npm run docs` makes all generated pages, `npm run docs:check` says which are out of date.
import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';

const generators = readdirSync('scripts').filter(name =>
	/^(docs-\w+|\w+-docs|openapi|diagrams)\.ts$/.test(name),
);
if (generators.length === 0) throw new Error('No generators were found: run this in the repository');

const failed = generators.filter(name => {
	const args = ['--conditions=source', '--no-node-snapshot', `scripts/${name}`, ...process.argv.slice(2)];
	return spawnSync(process.execPath, args, {stdio: 'inherit'}).status !== 0;
});
if (failed.length > 0) {
	console.error(`docs: ${failed.join(', ')} failed; \`npm run docs\` brings the pages up to date`);
	process.exit(1);
}
