// Two servers as real processes on RabbitMQ and PostgreSQL, and supervisors that one of them tells how many workers to
// keep: when that one is killed, the other one does.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {createClient} from '#client/client.ts';
import {startNode} from '../chaos/nodeProcess.ts';
import {spawned} from '../cli/process.ts';
import {tempFolder} from '../cli/pty.ts';
import {freePorts} from '../harness/ports.ts';
import {schema} from '../harness/postgres.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import {scaled} from './supervisors.ts';

test('when the server that tells supervisors is killed, the other one tells them', async t => {
	t.timeout(180_000);
	const data = await mkdtemp(join(tmpdir(), 'warren-leaders-'));
	t.teardown(() => rm(data, {recursive: true, force: true}));
	const {url: broker} = await rabbit();
	const store = await schema(t);
	const common = [`broker.url=${broker}`, `broker.prefix=${prefix()}`];
	const settings = (list: readonly string[]) => list.flatMap(one => ['--set', one]);
	const [one = 0, two = 0] = await freePorts(2);
	const server = (id: string, port: number) =>
		startNode(
			'server',
			settings([
				...[...common, `store.url=${store}`, `node.id=${id}`, `node.data=${join(data, id)}`],
				...[`http.port=${port}`, 'node.lease=2s'],
			]),
		);
	const [first, second] = await Promise.all([server('n1', one), server('n2', two)]);
	t.teardown(async () => {
		for (const node of [first, second]) if (node.alive) await node.kill();
	});
	const supervise = () =>
		spawned(t, tempFolder(t), [
			...['supervise', '--workers', '0', '--log', 'info'],
			...settings([...common, 'worker.executors=1']),
		]);
	supervise();
	supervise();
	const [asked, other] = [one, two].map(port => createClient({url: `http://127.0.0.1:${port}`})) as [
		ReturnType<typeof createClient>,
		ReturnType<typeof createClient>,
	];
	await scaled(other, ({supervisors, done}) => supervisors.length === 2 && done);
	// The one with the first name tells, whichever is asked.
	await other.scale('default', 2);
	const before = await scaled(asked, ({running, done}) => running === 2 && done);
	t.deepEqual(
		before.supervisors.map(({wanted}) => wanted),
		[1, 1],
	);

	await first.kill();
	await other.scale('default', 3);

	const after = await scaled(other, ({running, done}) => running === 3 && done);
	t.deepEqual(
		after.supervisors.map(({wanted, restarts}) => `${wanted} ${restarts}`).sort(),
		['1 0', '2 0'],
		'those that were there stayed',
	);
	await other.scale('default', 0);
	await scaled(other, ({running, done}) => running === 0 && done);
});
