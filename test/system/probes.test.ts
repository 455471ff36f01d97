// How those that keep containers find a worker that stands still: the checks as their files have them.
import {readFileSync} from 'node:fs';
import {mkdtemp, rm, utimes} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {parse} from 'yaml';
import {loadConfig} from '#config/config.ts';
import {startNode} from '../chaos/nodeProcess.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import {run} from './process.ts';

type Exec = {readonly exec: {readonly command: readonly string[]}};
const compose = parse(readFileSync('docker-compose.yml', 'utf8'), {merge: true}).services.worker as {
	environment: Record<string, string>;
	healthcheck: {test: readonly string[]};
};
const [container] = parse(readFileSync('deploy/kubernetes/base/worker.yaml', 'utf8')).spec.template.spec
	.containers as [
	{env: {name: string; value: string}[]; volumeMounts: {mountPath: string}[]} & Record<
		'startupProbe' | 'livenessProbe',
		Exec
	>,
];
const variable = 'WARREN_WORKER_HEARTBEAT_FILE';

test('Compose and Kubernetes ask the same of a worker, of a file where it may write', t => {
	const {livenessProbe, startupProbe} = container;
	t.deepEqual(compose.healthcheck.test, ['CMD', ...livenessProbe.exec.command]);
	t.deepEqual(startupProbe.exec, livenessProbe.exec);
	const file = container.env.find(({name}) => name === variable)?.value;
	t.is(compose.environment[variable], file);
	t.is(loadConfig({env: {[variable]: file}, cwd: '/'}).worker.heartbeatFile, file ?? '');
	t.true(container.volumeMounts.some(({mountPath}) => file?.startsWith(`${mountPath}/`)));
	t.regex(readFileSync('Dockerfile', 'utf8'), /mkdir \/data && chown node:node \/data/);
});

test('a worker is well once it beats, not while it stands still, and again when it goes on', async t => {
	const file = join(await folder(t), 'heartbeat');
	t.is(await check(file), 1, 'it is not there yet');
	const {url} = await rabbit();
	const settings = [`broker.url=${url}`, `broker.prefix=${prefix()}`, 'worker.executors=1'];
	const worker = await startNode(
		'worker',
		[...settings, `worker.heartbeatFile=${file}`].flatMap(one => ['--set', one]),
	);
	t.teardown(() => worker.kill());
	while ((await check(file)) !== 0);

	worker.freeze();
	while (!(await run('ps', ['-o', 'stat=', '-p', String(worker.pid)])).stdout.startsWith('T'));
	const before = new Date(Date.now() - 31_000);
	await utimes(file, before, before);
	t.is(await check(file), 1);

	worker.thaw();
	while ((await check(file)) !== 0);
	t.true(worker.alive);
});

/** What the check of Kubernetes ends with. */
async function check(file: string): Promise<number | null> {
	const [, ...args] = container.livenessProbe.exec.command;
	return (await run(process.execPath, args, {[variable]: file, NODE_OPTIONS: ''})).code;
}

async function folder(t: ExecutionContext): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'warren-probes-'));
	t.teardown(() => rm(path, {recursive: true}));
	return path;
}
