'use strict';
// `node bin/run.cjs FILE.ts …` or `node bin/run.cjs TOOL …`: runs one of our scripts, or a tool
// from node_modules, on the pinned Node, whatever Node started this.
const fs = require('node:fs');
const path = require('node:path');
const {start} = require('./node.cjs');

const root = path.join(__dirname, '..');

function tool(name) {
	const folders = [
		path.join(root, 'node_modules', name),
		path.join(root, 'node_modules', '@biomejs', name),
		path.join(root, 'node_modules', name === 'tsc' ? 'typescript' : name),
	];
	for (const folder of folders) {
		const file = path.join(folder, 'package.json');
		if (!fs.existsSync(file)) continue;
		const bin = JSON.parse(fs.readFileSync(file, 'utf8')).bin;
		const relative = typeof bin === 'string' ? bin : bin?.[name];
		if (relative) return path.join(folder, relative);
	}
	console.error(`run: no tool \`${name}\` in node_modules; run \`npm ci\` first`);
	process.exit(1);
}

const name = process.argv[2];
const rest = process.argv.slice(3);
if (!name) {
	console.error('usage: node bin/run.cjs FILE.ts|TOOL [arguments]');
	process.exit(1);
}
start((/\.[cm]?[jt]s$/.test(name) ? ['--conditions=source', path.resolve(name)] : [tool(name)]).concat(rest));
