// `npm test [-- ava's arguments]`: brings up one RabbitMQ for the run, runs the tests, takes it down.
// `--coverage` measures which lines they reach, `--thorough` tries every case. Exits with ava's code.
import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {chmod, mkdir, mkdtemp, rm} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {type Broker, openBroker} from '../test/harness/broker.ts';
import {gapsVariable} from '../test/harness/gaps.ts';
import {executorInOnePiece, packageInOnePiece, writeHook} from '../test/harness/onePiece.ts';
import {runVariables} from '../test/harness/rabbit.ts';
import {thoroughVariable} from '../test/harness/thorough.ts';

type Lighter = {readonly env: NodeJS.ProcessEnv; remove(): Promise<void>};

const require = createRequire(import.meta.url);

const args = process.argv.slice(2);
const coverage = args.includes('--coverage');
const passed = args.filter(argument => argument !== '--coverage' && argument !== '--thorough');
if (args.includes('--thorough')) process.env[thoroughVariable] = '1';
// ava's TAP output must stay machine-readable.
const say = passed.includes('--tap') ? console.error : console.log;

// The tests hear Ctrl-C themselves; this process then waits for them and takes the broker down.
process.on('SIGINT', () => {});
process.exitCode = await main().catch((error: unknown) => {
	console.error(`test: ${error instanceof Error ? error.message : String(error)}`);
	return 1;
});

async function main(): Promise<number> {
	const broker = await openBroker();
	const folder = await mkdtemp(join(tmpdir(), 'warren-test-'));
	const gaps = join(folder, 'gaps');
	let light: Lighter | undefined;
	try {
		if (!coverage) light = await lighter(folder);
		say(`test: RabbitMQ is ${broker.says}`);
		const code = await run(broker, gaps, light?.env ?? {});
		tellGaps(gaps);
		return code;
	} finally {
		await broker.stop();
		await light?.remove();
		await rm(folder, {recursive: true, force: true});
	}
}

/**
 * Every file of tests is a process, and so is every node that one starts, and their executors: what one has
 * compiled the next need not, nor need each look for the 683 modules of TypeBox or for those of an executor.
 * Together that is most of a small file's processor time. Coverage would be less exact with it.
 */
async function lighter(folder: string): Promise<Lighter> {
	const pieces = join(folder, 'typebox');
	await mkdir(pieces);
	// Some tests start processes of another user.
	await chmod(folder, 0o755);
	const [typebox, executor] = [await packageInOnePiece('typebox', pieces), await executorInOnePiece()];
	const hook = await writeHook({...typebox, ...executor.instead}, folder);
	return {
		env: {
			NODE_COMPILE_CACHE: join(folder, 'compiled'),
			NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${hook}`,
		},
		remove: () => rm(executor.folder, {recursive: true, force: true}),
	};
}

function run(broker: Broker, gaps: string, more: NodeJS.ProcessEnv): Promise<number> {
	const env = {
		...process.env,
		...more,
		[runVariables.url]: broker.url,
		[runVariables.kind]: broker.kind,
		[gapsVariable]: gaps,
	};
	const ava = [...tool('ava'), ...passed];
	const command = coverage ? [...tool('c8'), ...measured(), process.execPath, ...ava] : ava;
	const child = spawn(process.execPath, command, {stdio: 'inherit', env});
	process.on('SIGTERM', () => child.kill('SIGTERM'));
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (code, signal) => {
			if (signal) console.error(`test: ava was ended by ${signal}`);
			resolve(code ?? 1);
		});
	});
}

function measured(): string[] {
	const folders = ['src', 'actors', 'config'].flatMap(folder => ['--include', `${folder}/**/*.ts`]);
	return [...folders, '--all', '--reporter', 'text', '--reporter', 'lcov'];
}

/** The script behind a package's command. */
function tool(name: string): string[] {
	const folder = join(dirname(require.resolve('../package.json')), 'node_modules', name);
	const {bin} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
		bin: string | Record<string, string>;
	};
	return [join(folder, typeof bin === 'string' ? bin : (bin[name] ?? ''))];
}

/** What could not be shown here as it should be is said, never passed over. */
function tellGaps(file: string): void {
	if (!existsSync(file)) return;
	say('test: this could not be shown here as it should be:');
	for (const gap of new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean))) say(`  - ${gap}`);
}
