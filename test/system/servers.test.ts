// Several servers as real processes on RabbitMQ and PostgreSQL: one stands still and comes back, one is
// killed, and whoever is asked knows of everything.
import test from 'ava';
import {twoServers} from './twoServers.ts';

const tasks = 300;
const code = 'export default async n => { await new Promise(r => setTimeout(r, 10)); return n * n; }';

test('a server that is killed, and one that is taken for dead and comes back, cost nothing', async t => {
	t.timeout(240_000);
	const {
		servers: [first],
		clients: [asked, other],
		worker,
	} = await twoServers(t, 'dispatch.audit=1s');
	await worker();
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
