// What somebody does to the database by hand is seen by the audit, which names the task and says why.
import test from 'ava';
import {pass} from './pass.ts';
import {must, type Server, world} from './world.ts';

const second = 1000;

const drift = async ({ambient}: Server, kind: string): Promise<number | undefined> =>
	(await ambient.metrics.drift.get()).values.find(({labels}) => labels.kind === kind)?.value;

test('a row that was deleted is seen as soon as the rows are counted, and named by what it left', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	await node.submit('fib', 1);
	const {task} = await node.submit('fib', 2, {options: {expiresInMs: 3600 * second}});
	t.like(must(await node.api.audit({rows: true})), {balanced: true, breaks: [], rows: {count: 2}});
	await all.tamper(`delete from tasks where id = '${task}'`);
	const {balanced, difference, breaks, rows} = must(await node.api.audit({rows: true}));
	t.like({balanced, difference, rows}, {balanced: false, difference: 0, rows: {count: 1}});
	t.true(breaks.every(({kind, healing}) => kind === 'ledger' && !healing));
	const named = breaks.find(one => one.task === task);
	t.is(named?.why, 'its row is gone; its input or a timer of it is there');
	const said = breaks.map(({why}) => why);
	t.true(said.includes('2 tasks of fib should be queued and placed, and 1 rows are'), said.join('\n'));
	t.true(said.includes('2 tasks should be there, and 1 rows are'), said.join('\n'));
	t.is(await drift(node, 'ledger'), breaks.length);
});

test('the rows are counted soon after the start and once an hour, and what was found stays until then', async t => {
	const all = await world(t);
	const node = await all.server({auditMs: 5 * second});
	await node.deploy('fib');
	await node.submit('fib', 1);
	t.is(must(await node.api.audit()).rows, null);
	await pass(all, 5);
	t.like(must(await node.api.audit()), {balanced: true, rows: {count: 1}});
	await all.tamper("update counts set count = count + 1 where state = 'accepted'");
	// What the counts alone show is seen at once.
	t.like(must(await node.api.audit()), {
		balanced: false,
		difference: 1,
		breaks: [{kind: 'ledger', task: null}],
	});
	await all.tamper("update counts set count = count + 1 where state = 'queued'");
	t.like(must(await node.api.audit()), {balanced: true, difference: 0});
	all.clock.advance(3600 * second);
	await all.quiet();
	await pass(all, 5);
	t.like(must(await node.api.audit()), {balanced: false, difference: 0, rows: {count: 1}});
	t.is(await drift(node, 'ledger'), 2);
	await all.tamper("update counts set count = count - 1 where state in ('accepted', 'queued')");
	t.like(must(await node.api.audit()), {balanced: false});
	t.like(must(await node.api.audit({rows: true})), {balanced: true, breaks: []});
	t.is(await drift(node, 'ledger'), 0);
});
