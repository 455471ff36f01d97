// Several servers as real processes on RabbitMQ and PostgreSQL: one stands still and comes back, one is
// killed, and whoever is asked knows of everything.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {createClient} from '#client/client.ts';
import {startNode} from '../chaos/nodeProcess.ts';
import {freePorts} from '../harness/ports.ts';
import {schema} from '../harness/postgres.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';

const tasks = 300;
const code = 'export default async n => { await new Promise(r => setTimeout(r, 10)); return n * n; }';

test('a server that is killed, and one that is taken for dead and comes back, cost nothing', async t => {
	t.timeout(240_000);
	const data = await mkdtemp(join(tmpdir(), 'warren-servers-'));
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
				...[`http.port=${port}`, 'node.lease=2s', 'dispatch.audit=1s'],
			]),
		);
	const [first, second] = await Promise.all([server('n1', one), server('n2', two)]);
	const worker = await startNode('worker', settings([...common, 'worker.executors=1']));
	t.teardown(async () => {
		for (const node of [first, second, worker]) if (node.alive) await node.kill();
	});
	const clients = [one, two].map(port => createClient({url: `http://127.0.0.1:${port}`}));
	const [asked, other] = clients as [(typeof clients)[0], (typeof clients)[0]];
	await asked.deploy({name: 'square', language: 'javascript', code});
	const submitted: {id: string; n: number}[] = [];
	const submit = async (client: typeof asked, from: number) => {
		const items = Array.from({length: tasks / 3}, (_, at) => ({input: from + at}));
		let n = from;
		for await (const answer of client.submitMany('square', items)) {
			if (!answer.ok) throw new Error(answer.failure.message);
			submitted.push({id: answer.receipt.task, n: n++});
		}
	};
	await Promise.all([submit(asked, 0), submit(other, tasks / 3)]);

	// Longer than a lease: the other one takes its tasks. Then it goes on, and is late with everything.
	first.freeze();
	while ((await other.nodes()).find(({id}) => id === 'n1')?.live) await other.status();
	first.thaw();
	while (!(await other.nodes()).find(({id}) => id === 'n1')?.live) await other.status();
	await submit(asked, (2 * tasks) / 3);
	await first.kill();

	for (const {id, n} of submitted) {
		const view = await other.wait(id, {waitMs: 60_000});
		t.is(view.state, 'succeeded', id);
		t.is(view.charged, 0);
		t.is(await other.result(id), n * n);
	}
	const {ledger, balanced} = await other.audit();
	t.true(balanced);
	t.like(ledger, {accepted: tasks, succeeded: tasks, waiting: 0, running: 0});
});
