// The walls around executor processes, beyond the sandbox inside them: what the operating system can
// be asked to refuse to code that broke out of V8 (SECURITY.md says what each is worth). Nothing here
// needs native code of ours: util-linux sets them up and then becomes the executor, which costs each
// start about 10 ms. A machine may not allow a wall (a container without the right to make namespaces,
// another system than Linux): that is tried once, before the first executor starts.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import type {Ambient} from '#observe/observe.ts';
import {strayDescriptors} from './executorDescriptors.ts';
import {residentBytes} from './executorMemory.ts';
import {canDrop, capabilities, isRoot, pathOf, prefixOf, type Wall} from './executorPrefix.ts';
import {executorProgram, flagsOf, type Program} from './executorProgram.ts';

/** `auto`: what this machine allows. `strict`: all of it, or no start. `off`: only the watch over memory, and what Node refuses. */
export type Sandbox = 'auto' | 'strict' | 'off';

export type Walls = {
	readonly program: Program;
	readonly held: readonly Wall[];
	/** What is not enforced, and why not. */
	readonly missing: Readonly<Partial<Record<Wall, string>>>;
	/** Descriptors of the worker that a child would inherit. */
	readonly strays: readonly number[];
	/** The command that starts a program behind these walls. */
	readonly command: (program: readonly string[]) => readonly string[];
};

export type WallsOptions = {
	readonly sandbox: Sandbox;
	/** The numeric user and group of executors where the worker is root. */
	readonly sandboxUser: number;
};

/** Owns nothing, on any system. */
const nobody = 65_534;

/** `strict` was asked for, and this machine does not allow it. */
export class WallsMissing extends Error {
	override readonly name = 'WallsMissing';

	constructor(gaps: string) {
		super(
			`Expected all walls around executors (\`worker.sandbox\` is \`strict\`), but can't enforce: ${gaps}`,
		);
	}
}

/** Those that take a command; in this order they are given up where all together do not work. */
const built = ['files', 'network', 'user', 'privileges'] as const satisfies Wall[];
const probeMs = 20_000;

/**
 * Finds out what this machine allows, and says in one line of the log what it does not.
 * @throws WallsMissing naming that, where `strict` was asked for
 */
export async function raiseWalls({log}: Ambient, given: Partial<WallsOptions> = {}): Promise<Walls> {
	const options = {sandbox: given.sandbox ?? 'auto', sandboxUser: given.sandboxUser ?? nobody};
	const program = executorProgram();
	const missing = impossible(options);
	let walls = build(program, options, missing);
	let why = options.sandbox === 'off' ? undefined : await trouble(walls);
	// What fails without any wall is no wall's fault: the first executor will say what it is.
	if (why !== undefined && (await trouble(build(program, options, all(why)))) !== undefined) return walls;
	while (why !== undefined) {
		Object.assign(missing, await weakest(program, options, missing, why));
		walls = build(program, options, missing);
		why = built.every(wall => missing[wall]) ? undefined : await trouble(walls);
	}
	const gaps = Object.entries(missing).map(([wall, why]) => `${wall} (${why})`);
	if (options.sandbox === 'strict' && gaps.length > 0) {
		throw new WallsMissing(gaps.join('; '));
	}
	if (gaps.length === 0) log.info({held: walls.held}, 'executors run behind all walls');
	else log.info({held: walls.held, missing}, 'some walls around executors are not enforced');
	return walls;
}

type Missing = Partial<Record<Wall, string>>;

const all = (why: string): Missing => Object.fromEntries(built.map(wall => [wall, why]));

function impossible({sandbox}: WallsOptions): Missing {
	const memory = residentBytes(process.pid) === undefined ? 'there is no /proc' : undefined;
	const missing: Missing = memory === undefined ? {} : {memory};
	if (sandbox === 'off') return {...missing, ...all('`worker.sandbox` is `off`')};
	if (process.platform !== 'linux') return {...missing, ...all('only Linux has it')};
	const absent = ['unshare', 'setpriv'].filter(tool => pathOf(tool) === undefined);
	if (absent.length > 0)
		return {...missing, ...all(`no \`${absent.join('`, `')}\` (util-linux) on this machine`)};
	if (!isRoot()) missing.user = 'only root can give them another user';
	if (isRoot() && !canDrop() && capabilities() !== 0n) missing.privileges = 'root without CAP_SETPCAP';
	return missing;
}

/** The wall that does not work by itself; or, if each does, the one that is first given up. */
async function weakest(
	program: Program,
	options: WallsOptions,
	missing: Missing,
	together: string,
): Promise<Missing> {
	const left = built.filter(wall => missing[wall] === undefined);
	for (const wall of left) {
		const {[wall]: _, ...others} = all('not tried');
		const why = await trouble(build(program, options, others));
		if (why !== undefined) return {[wall]: why};
	}
	return {[left[0] ?? 'files']: together};
}

/** Why Node can't load the program's native code behind these walls; undefined: it can. */
async function trouble({command, program}: Walls): Promise<string | undefined> {
	const script = `require('node:fs').accessSync(process.argv[1]); require(process.argv[2]);`;
	const node = [process.execPath, ...flagsOf(program), '-e', script, program.main, program.addon];
	const [file = '', ...args] = command(node);
	try {
		await promisify(execFile)(file, args, {env: {}, cwd: '/', timeout: probeMs});
		return undefined;
	} catch (error) {
		const {stderr = '', message} = error as Error & {stderr?: string};
		const said = stderr.split('\n').filter(line => line.trim() !== '');
		return (said.find(line => /^\w*Error\b|: /.test(line)) ?? said[0] ?? message).trim();
	}
}

function build(program: Program, {sandboxUser}: WallsOptions, missing: Missing): Walls {
	const holds = (wall: Wall) => missing[wall] === undefined;
	const held = [...built, 'memory' as const].filter(holds);
	const prefix = built.some(holds) ? prefixOf(program, sandboxUser, holds) : [];
	return {
		program,
		held,
		missing: {...missing},
		strays: strayDescriptors(),
		command: node => [...prefix, ...node],
	};
}
