// Packs, installs the package into an empty folder with nothing of the repository in reach, and runs its
// main job there: deploy a function, call it, stop. Exits 1, with what was seen, if that fails.
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'warren-package-'));
// npm and the installed command find this Node, which is new enough; the package brings none.
const env = {
	...process.env,
	PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
	NODE_OPTIONS: '',
};
try {
	run('npm', ['pack', '--silent', '--pack-destination', folder], process.cwd());
	const tarball = readdirSync(folder).find(name => name.endsWith('.tgz'));
	if (!tarball) throw new Error('npm pack made no package');
	writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
	run('npm', ['install', '--silent', '--no-audit', '--no-fund', join(folder, tarball)], folder);
	const pinned = readdirSync(join(folder, 'node_modules')).filter(name =>
		/^node-(linux|darwin|win|bin)/.test(name),
	);
	if (pinned.length > 0) throw new Error(`Expected the package to bring no Node, got ${pinned.join(', ')}`);
	await useIt();
	console.log(`package: ${tarball} installs, deploys, answers and stops`);
} finally {
	rmSync(folder, {recursive: true, force: true});
}

async function useIt(): Promise<void> {
	writeFileSync(join(folder, 'double.ts'), 'export default (n: number): number => n * 2;\n');
	const warren = join(folder, 'node_modules', '.bin', 'warren');
	const node = spawn(warren, ['up', '--port', '0', '--data', join(folder, 'data')], {cwd: folder, env});
	let said = '';
	node.stderr.on('data', chunk => {
		said += chunk;
	});
	const url = await new Promise<string>((resolve, reject) => {
		node.stdout.on('data', chunk => {
			said += chunk;
			const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
			if (found) resolve(found[0]);
		});
		node.on('exit', code => reject(new Error(`warren up ended with ${code}: ${said}`)));
	});
	run(warren, ['deploy', 'double.ts', '--name', 'double', '--url', url], folder);
	const answer = run(warren, ['invoke', 'double', '21', '--url', url, '--json'], folder);
	if (!/\b42\b/.test(answer)) throw new Error(`Expected the function to answer 42, got ${answer}`);
	node.kill('SIGINT');
	const [code] = await once(node, 'exit');
	if (code !== 0) throw new Error(`Expected warren up to end with 0, got ${code}: ${said}`);
}

function run(command: string, args: readonly string[], cwd: string): string {
	const {status, stdout, stderr, error} = spawnSync(command, args, {cwd, env, encoding: 'utf8'});
	if (status === 0) return stdout;
	throw new Error(`${command} ${args.join(' ')} ended with ${status ?? error}: ${stdout}${stderr}`);
}
