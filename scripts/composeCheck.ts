// `npm run compose:check`: builds the image and runs docker-compose.yml as it is, in real containers: two
// workers and then four, one of them killed under load, the server killed and started again. Needs a Docker
// engine, and says so where there is none. Exits with 1, and with the logs, if anything is lost or wrong.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {createClient} from '#client/client.ts';
import {type Compose, findCompose} from '../test/harness/compose.ts';
import {readArgs} from './commandLine.ts';

const usage = `Usage: npm run compose:check -- [--build-network NAME] [--keep]
  --build-network host   where a build reaches the package registry only through the machine's own network
  --keep                 leaves all of it running, at http://127.0.0.1:7070`;
const options = {
	'build-network': {type: 'string'},
	keep: {type: 'boolean', default: false},
} as const;
const values = readArgs(usage, {options}, args => args.values);

const project = 'warren-check';
const services = ['broker', 'database', 'server', 'worker'];
const url = 'http://127.0.0.1:7070';
const client = createClient({url});
const calls = 300;
const patienceMs = 120_000;
/** Slow enough that somebody can be killed meanwhile. */
const code = `export default async (n: number): Promise<number> => {
	await new Promise(done => setTimeout(done, 200));
	return n * n;
};
`;
const none =
	'no Docker engine with Compose answers: start one, or name it in DOCKER_HOST. Without one, `npm test` checks ' +
	'what docker-compose.yml says.';

process.exitCode = await main();

async function main(): Promise<number> {
	const compose = findCompose();
	if (!compose || spawnSync('docker', ['info']).status !== 0) return complain(none);
	const network = values['build-network'];
	try {
		step('building the image');
		build(network ? ['--network', network] : []);
		await live(compose);
		console.log('compose: held');
		return 0;
	} catch (error) {
		console.error(logs(compose));
		return complain(error instanceof Error ? error.message : String(error));
	} finally {
		if (!values.keep) tryTo(compose, 'down', '--volumes');
	}
}

async function live(compose: Compose): Promise<void> {
	const scale = (workers: number) =>
		composed(compose, 'up', '--detach', '--no-build', '--scale', `worker=${workers}`);
	step('starting a broker, a database, a server and two workers');
	scale(2);
	await until('the server is ready', async () => (await client.missing()) === undefined);
	await until('two workers are there', async () => (await client.workers()).length === 2);
	for (const service of ['server', 'worker']) {
		const user = composed(compose, 'exec', '-T', service, 'node', '-p', 'process.getuid()').trim();
		if (user === '0') throw new Error(`Expected ${service} to run as a user without rights, got root`);
	}
	deploy();
	step(`calling ${calls} times`);
	await call();
	step('four workers');
	scale(4);
	await until('four workers are there', async () => (await client.workers()).length === 4);
	step(`killing one of them while ${calls} calls run`);
	const [worker = ''] = composed(compose, 'ps', '--quiet', 'worker').split('\n');
	await Promise.all([call(), begun().then(() => run('docker', ['kill', worker]))]);
	step(`killing the server with ${calls} tasks open, and starting it again`);
	const inputs = Array.from({length: calls}, (_, n) => ({input: n}));
	const tasks: string[] = [];
	for await (const answer of client.submitMany('square', inputs))
		if (answer.ok) tasks.push(answer.receipt.task);
	composed(compose, 'kill', '-s', 'SIGKILL', 'server');
	scale(4);
	await until('the server is ready again', async () => (await client.missing()) === undefined);
	for (const [n, task] of tasks.entries()) {
		await client.wait(task, {waitMs: patienceMs});
		expectSquare(n, await client.result(task));
	}
	if (tasks.length < calls) throw new Error(`Expected ${calls} tasks to be taken, got ${tasks.length}`);
	await until('the ledger is balanced', async () => (await client.audit()).balanced);
}

/** Takes minutes where nothing is cached: its own words are shown meanwhile. */
function build(options: readonly string[]): void {
	const args = ['build', ...options, '--tag', 'warren', '.'];
	const {status, error} = spawnSync('docker', args, {stdio: ['ignore', 2, 2]});
	if (status !== 0) throw new Error(`docker ${args.join(' ')} ended with ${status ?? error}`);
}

function deploy(): void {
	const folder = mkdtempSync(join(tmpdir(), 'warren-compose-'));
	const file = join(folder, 'square.ts');
	writeFileSync(file, code);
	run(process.execPath, ['bin/warren.cjs', 'deploy', file, '--url', url]);
	rmSync(folder, {recursive: true});
}

async function call(): Promise<void> {
	const answers = await client.map<number>('square', Array.from({length: calls}).keys());
	for (const [n, answer] of answers.entries()) expectSquare(n, 'value' in answer ? answer.value : answer);
}

function expectSquare(n: number, got: unknown): void {
	if (got !== n * n) throw new Error(`Expected the square of ${n}, got ${JSON.stringify(got)}`);
}

/** Workers run something. */
function begun(): Promise<void> {
	return until('workers are busy', async () => (await client.workers()).some(({busy}) => busy > 0));
}

async function until(what: string, is: () => Promise<boolean>): Promise<void> {
	const end = performance.now() + patienceMs;
	while (!(await is().catch(() => false))) {
		if (performance.now() > end) throw new Error(`Waited ${patienceMs / 1000} s in vain until ${what}`);
		await delay(250);
	}
}

function composed([command, ...before]: Compose, ...args: string[]): string {
	return run(command, [...before, '--project-name', project, ...args]);
}

function tryTo(compose: Compose, ...args: string[]): string {
	try {
		return composed(compose, ...args);
	} catch (error) {
		return String(error);
	}
}

function logs(compose: Compose): string {
	return services.map(service => tryTo(compose, 'logs', '--tail', '20', service)).join('\n');
}

function run(command: string, args: readonly string[]): string {
	const {status, stdout, stderr, error} = spawnSync(command, args, {encoding: 'utf8'});
	if (status === 0) return stdout;
	throw new Error(`${command} ${args.join(' ')} ended with ${status ?? error}: ${stdout}${stderr}`);
}

function step(what: string): void {
	console.log(`compose: ${what}`);
}

function complain(why: string): number {
	console.error(`compose: ${why}`);
	return 1;
}
