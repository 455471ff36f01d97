// What a broker counts as deliveries is no evidence of anything: it counts bystanders and polite drains.
import test from 'ava';
import {must, submission, world} from './world.ts';

const many = 100;

test('a hundred attempts that were prefetched through fifty drains and twenty deaths all succeed, charged nothing', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	const tasks = Array.from({length: many}, (_, n) => submission('fib', n));
	const ids = (await node.api.submit(tasks)).map(answer => must(answer).task);
	// No worker gets the code, nor an answer to a claim: whatever it holds, it never starts.
	node.mishaps.broker = ({key}) => (key.startsWith('worker.') ? 'refused' : undefined);
	for (let round = 0; round < 70; round++) {
		const hand = await all.worker({slots: 50});
		await all.quiet();
		t.is(await all.line.depth(all.names.work('default', 'normal')), 0, 'it holds all of them');
		if (round % 7 < 2) hand.crash();
		else await all.until(hand.worker.drain());
		await all.quiet();
		t.is(hand.runs.all.length, 0);
	}
	node.mishaps.broker = () => undefined;
	await all.worker({slots: 50, act: run => run.succeed()});
	const ends = await all.until(Promise.all(ids.map(id => node.api.await(id, 3_600_000))));
	for (const end of ends) t.like(must(end), {state: 'succeeded', attempt: 1, charged: 0});
	const rows = await all.rows();
	t.true(rows.every(({soloLosses, losses}) => soloLosses === 0 && losses === 0));
});
