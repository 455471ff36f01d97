// Bundles src/engine/guest (what runs inside an isolate) into one script, kept in
// src/engine/guestSource.ts as a string: an executor then needs no bundler. A test fails when it is stale.
import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {bundleGuest} from './guestBundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = `${root}src/engine/guestSource.ts`;
const text = await bundleGuest(root);
const lines = [
	'// Made from src/engine/guest by `npm run guest`. Do not edit.',
	'/** An expression: the function of the callbacks of `Host`, in their order, and the marks. */',
	// Escaped, or it would look like a template that lost its backticks.
	`export const guestSource = ${JSON.stringify(text).replaceAll('${', '$\\u007b')};`,
];
writeFileSync(file, `${lines.join('\n')}\n`);
execFileSync(process.execPath, [`${root}bin/run.cjs`, 'biome', 'check', '--write', file], {stdio: 'ignore'});
console.log(`guest: ${text.length} characters`);
