// `npm run walk [-- FILE.md]`: runs every fenced `sh` block of a page, in order, in one shell and in an
// empty clone, against a broker and a database of their own. Exits with the code of the first that fails.
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {postgres, withSchema} from '../test/harness/postgres.ts';
import {ownRabbit} from '../test/harness/rabbit.ts';

const page = process.argv[2] ?? 'docs/scaling.md';
const blocks = [...readFileSync(page, 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)].map(
	([, block = '']) => block,
);
if (blocks.length === 0) throw new Error(`Expected \`sh\` blocks in ${page}, found none`);

const folder = mkdtempSync(join(tmpdir(), 'warren-walk-'));
process.once('exit', () => rmSync(folder, {recursive: true, force: true}));
execFileSync('git', ['clone', '--quiet', process.cwd(), folder]);
const rabbit = await ownRabbit('the walk');
const env = {
	...process.env,
	BROKER: rabbit.url,
	DATABASE: withSchema(await postgres(), 'walk'),
};
const script = blocks.map((block, at) => `echo "walk: block ${at + 1} of ${blocks.length}" >&2\n${block}`);
const shell = spawn('bash', ['-euo', 'pipefail', '-c', script.join('\n')], {
	cwd: folder,
	env,
	stdio: 'inherit',
});
const code = await new Promise<number>(resolve => shell.once('close', status => resolve(status ?? 1)));
await rabbit.stop();
console.log(
	code === 0 ? `walk: all ${blocks.length} blocks of ${page} ran` : `walk: a block of ${page} failed`,
);
process.exit(code);
