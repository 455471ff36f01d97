// `npm run walk [-- FILE.md]`: runs every fenced `sh` block of a page, in order, in one shell and in an
// empty clone, against a broker and a database of their own, once it has read every `yaml` block as settings.
// Leaves nothing behind. Exits with the code of the first block that fails.
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {freshSchema} from '../test/harness/postgres.ts';
import {ownRabbit, prefix} from '../test/harness/rabbit.ts';
import {blocksOf, readSettings} from './blocks.ts';
import {readArgs} from './commandLine.ts';

const usage = 'usage: npm run walk [-- FILE.md (docs/scaling.md)]';
const page = readArgs(usage, {allowPositionals: true}, args => args.positionals[0] ?? 'docs/scaling.md');
const text = readFileSync(page, 'utf8');
const blocks = blocksOf(text, 'sh');
if (blocks.length === 0) throw new Error(`Expected \`sh\` blocks in ${page}, found none`);
const settings = blocksOf(text, 'yaml');
for (const block of settings) readSettings(block);

const folder = mkdtempSync(join(tmpdir(), 'warren-walk-'));
process.once('exit', () => rmSync(folder, {recursive: true, force: true}));
execFileSync('git', ['clone', '--quiet', process.cwd(), folder]);
const rabbit = await ownRabbit('the walk');
const database = await freshSchema();
const env = {
	...process.env,
	BROKER: rabbit.url,
	DATABASE: database.url,
	// Not in the page: a broker that is kept may have what an earlier walk has left.
	WARREN_BROKER_PREFIX: prefix(),
};
const script = blocks.map((block, at) => `echo "walk: block ${at + 1} of ${blocks.length}" >&2\n${block}`);
const shell = spawn('bash', ['-euo', 'pipefail', '-c', script.join('\n')], {
	cwd: folder,
	env,
	stdio: 'inherit',
	// A group of its own, so that what it started can be ended with it.
	detached: true,
});
const endGroup = (signal: NodeJS.Signals) => {
	try {
		if (shell.pid !== undefined) process.kill(-shell.pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => endGroup('SIGTERM'));
const code = await new Promise<number>(resolve => shell.once('close', status => resolve(status ?? 1)));
endGroup('SIGKILL');
// Workers that outlive their script have left the group; they run files of the clone, which has no other name.
spawnSync('pkill', ['-KILL', '-f', folder]);
await rabbit.stop();
await database.drop();
console.log(
	code === 0
		? `walk: all ${blocks.length} blocks of ${page} ran, and ${settings.length} are settings`
		: `walk: a block of ${page} failed`,
);
process.exit(code);
