import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {hear} from '../../scripts/heartbeats.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import {run} from './process.ts';
import {node} from './server.ts';

type Scaled = {wanted: number; before: number; after: number; started: number[]; drained: string[]};

test('workers are scaled up and down, do the work, and are gone after a drain', async t => {
	const broker = {url: (await rabbit()).url, prefix: prefix()};
	const scale = await scaler(t, broker);
	const warren = await node(t, broker, ['server']);
	t.true(
		(await warren.api.deploy({name: 'double', language: 'javascript', code: 'export default n => n * 2'})).ok,
	);

	const up = await scale(2);
	t.like(up, {before: 0, after: 2});
	const {promise: ended, resolve} = Promise.withResolvers<string | undefined>();
	await warren.api.submit([
		{
			function: 'double',
			input: Buffer.from('21'),
			door: 'api',
			asynchronous: true,
			ended: end => resolve(end.result?.toString()),
		},
	]);
	t.is(await ended, '42');

	const down = await scale(1);
	t.like(down, {before: 2, after: 1});
	t.is(down.drained.length, 1);
	t.like(await scale(0), {before: 1, after: 0});
	for (const pid of up.started) await gone(pid);
});

test('each pool is scaled by itself', async t => {
	const broker = {url: (await rabbit()).url, prefix: prefix()};
	const scale = await scaler(t, broker);
	const scaleGpu = await scaler(t, broker, 'gpu');
	const warren = await node(t, broker, ['server']);
	const code = 'export default n => n * 2';
	const policy = {pool: 'gpu'};
	t.true((await warren.api.deploy({name: 'double', language: 'javascript', code, policy})).ok);
	const {promise: ended, resolve} = Promise.withResolvers<string | undefined>();
	const [taken] = await warren.api.submit([
		{
			...{function: 'double', input: Buffer.from('21'), door: 'api', asynchronous: true},
			ended: end => resolve(end.result?.toString()),
		},
	]);
	t.true(taken?.ok);
	t.like(await scale(1), {before: 0, after: 1});
	const why = taken?.ok ? await warren.api.why(taken.value.task) : undefined;
	t.like(why, {value: {reason: 'worker', text: 'a worker: none is alive in pool gpu'}});
	t.like(await scaleGpu(1), {before: 0, after: 1});
	t.is(await ended, '42');
	t.like(await scale(0), {before: 1, after: 0});
	t.like(await scaleGpu(1), {before: 1, after: 1});
	t.like(await scaleGpu(0), {before: 1, after: 0});
});

test('without any server workers are started, listed, drained by name, and ended', async t => {
	const broker = {url: (await rabbit()).url, prefix: prefix()};
	const scale = await scaler(t, broker);
	const up = await scale(2);
	t.like(up, {before: 0, after: 2});
	const heartbeats = await hear(broker.url, broker.prefix);
	const worker = heartbeats.workers.find(({pid}) => pid === up.started[0])?.worker ?? '';
	await heartbeats.stop();
	const args = ['--broker', broker.url, '--prefix', broker.prefix, '--json'];
	const listed = await run('scripts/workers', args);
	const list = JSON.parse(listed.stdout) as {pid: number; pool: string}[];
	t.is(list.length, 2);
	t.true(up.started.every(pid => list.some(one => one.pid === pid)));
	t.is((await run('scripts/workers', [...args, '--pool', 'gpu'])).stdout, '[]\n');
	const drained = await run('scripts/drain-worker', [worker, ...args]);
	t.is(drained.code, 0, drained.stderr);
	t.deepEqual(JSON.parse(drained.stdout), {worker, drained: true});
	t.like(await scale(0), {before: 1, after: 0});
	for (const pid of up.started) await gone(pid);
});

test('the embedded node says that other processes cannot join it', async t => {
	const ran = await run('scripts/scale-workers', ['2', '--broker', 'memory:']);

	t.is(ran.code, 1);
	t.regex(ran.stderr, /other processes cannot join it/);
});

test('a number of workers that is none is refused with the usage', async t => {
	const ran = await run('scripts/scale-workers', ['many', '--broker', 'amqp://127.0.0.1']);

	t.is(ran.code, 2);
	t.regex(
		ran.stderr,
		/Expected the number of workers to be a whole number, at least 0, got `many`\n\nusage: /,
	);
});

async function scaler(t: ExecutionContext, broker: {url: string; prefix: string}, pool?: string) {
	const logs = await mkdtemp(join(tmpdir(), 'warren-workers-'));
	const script = (wanted: number) => {
		const args = [
			String(wanted),
			'--broker',
			broker.url,
			'--prefix',
			broker.prefix,
			'--logs',
			logs,
			'--json',
			...(pool === undefined ? [] : ['--pool', pool]),
		];
		return run('scripts/scale-workers', args, {WARREN_WORKER_EXECUTORS: '1'});
	};
	const scale = async (wanted: number): Promise<Scaled> => {
		const ran = await script(wanted);
		t.is(ran.code, 0, ran.stderr);
		return JSON.parse(ran.stdout) as Scaled;
	};
	t.teardown(async () => {
		await script(0);
		await rm(logs, {recursive: true, force: true});
	});
	return scale;
}

/** Resolves when a process has ended; a zombie whose parent does not reap counts as ended. */
async function gone(pid: number): Promise<void> {
	while ((await run('ps', ['-o', 'stat=', '-p', String(pid)])).stdout.trim().replace(/^Z.*/, '') !== '');
}
