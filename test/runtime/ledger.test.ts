// What somebody does to the database by hand is seen by the audit, which names the task and says why.
import test from 'ava';
import {pair} from './pair.ts';
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

test('of several servers one counts the rows, and another once that one is gone', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all, {auditMs: 5 * second});
	const counts = ({life}: Server) => life.steps.filter(step => step === 'before store.recount').length;
	await pass(all, 10);
	t.deepEqual([counts(one), counts(two)], [1, 0]);
	one.crash();
	// Not in one go: the lease is kept meanwhile.
	for (let n = 0; n < 725; n++) {
		all.clock.advance(5 * second);
		await all.quiet();
	}
	t.is(counts(two), 1);
	await two.submit('fib', 1);
	await all.tamper("update counts set count = count + 1 where state = 'accepted'");
	await all.tamper("update counts set count = count + 1 where state = 'queued'");
	t.false(must(await two.api.audit({rows: true})).balanced);
	await all.tamper("update counts set count = count - 1 where state in ('accepted', 'queued')");
	await all.server({id: 'n1', durable: true, auditMs: 5 * second});
	for (let n = 0; n < 725; n++) {
		all.clock.advance(5 * second);
		await all.quiet();
	}
	t.like(must(await two.api.audit()), {balanced: true, rows: null}, 'what it found is another’s to tell');
});

test('a timer that should have fired is named, and fires', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	const {task} = await node.submit('fib', 1, {options: {expiresInMs: 3600 * second}});
	const at = all.clock.now() - 10 * second;
	await all.tamper(`update timers set at = ${at}; update tasks set expires_at = ${at}`);
	const why = 'its timer `expire` has not fired';
	t.like(must(await node.api.audit()), {
		balanced: false,
		breaks: [{kind: 'timer', task, why, since: at, healing: true}],
	});
	t.is(await drift(node, 'timer'), 1);
	await pass(all, 1);
	t.like(must(await node.api.inspect(task)), {state: 'expired'});
	t.like(must(await node.api.audit()), {balanced: true, breaks: [], healed: {timer: 1}});
	t.is(await drift(node, 'timer'), 0);
});

test('a task whose timer is gone is named once it is due, and goes on as if the timer were there', async t => {
	const all = await world(t);
	const node = await all.server({auditMs: 5 * second});
	await node.deploy('fib', {maxAttempts: 2});
	const hand = await all.worker({act: run => run.fail('FUNCTION_THREW')});
	const {task} = await node.submit('fib', 1, {options: {maxAttempts: 2}});
	await hand.runs.reach(1);
	await all.quiet();
	t.like(must(await node.api.inspect(task)), {state: 'retrying', attempt: 2});
	const [row] = await all.rows();
	const since = row?.dueAt ?? 0;
	await all.tamper('delete from timers');
	t.like(must(await node.api.audit()), {balanced: true});
	all.clock.advance(since - all.clock.now() + 4 * second);
	await all.quiet();
	t.is(hand.runs.all.length, 1);
	all.clock.advance(second);
	t.like(must(await node.api.audit()).breaks[0], {
		...{kind: 'timer', task, why: 'its timer `retry` is gone', since, healing: true},
	});
	await pass(all, 1);
	t.like(must(await node.api.inspect(task)), {state: 'dead', attempt: 2});
	t.is(hand.runs.all.length, 2);
	t.like(must(await node.api.audit()), {balanced: true});
});

test('what the store says is in the broker, and its node knows nothing of, is dispatched again, marked', async t => {
	const all = await world(t);
	const node = await all.server({window: 1});
	await node.deploy('fib');
	await node.submit('fib', 1);
	all.clock.advance(1);
	const {task} = await node.submit('fib', 2);
	t.like(must(await node.api.why(task)), {reason: 'room'});
	await all.tamper('update tasks set placed = true');
	t.like(must(await node.api.audit()), {balanced: true});
	const since = all.clock.now();
	await pass(all, 5);
	const why = 'the store says that it is in the broker, and its node knows nothing of it';
	const breaks = [{kind: 'lost', task, why, since, healing: true}] as const;
	t.like(must(await node.api.audit()), {balanced: false, breaks});
	t.is(await drift(node, 'lost'), 1);
	await all.worker({act: run => run.succeed()});
	await pass(all, 1);
	t.like(must(await node.api.inspect(task)), {state: 'succeeded', attempt: 1, charged: 0});
	const {entries} = must(await node.api.history(task));
	t.deepEqual(
		entries.map(({event}) => event),
		['admit', 'lost', 'claim', 'start', 'succeed'],
	);
	t.like(must(await node.api.audit()), {balanced: true, healed: {lost: 1}});
});

test('what a node of another name had put into the broker is dispatched again by the one that is there now', async t => {
	const all = await world(t, {leases: true});
	const before = await all.server({id: 'n1'});
	await before.deploy('fib');
	const {task} = await before.submit('fib', 1);
	await before.stop();
	all.loseBroker();
	const node = await all.server({id: 'n2', auditMs: 5 * second});
	await all.worker({act: run => run.succeed()});
	await pass(all, 12);
	t.like(must(await node.api.inspect(task)), {state: 'succeeded', attempt: 1});
	t.like(must(await node.api.audit()), {balanced: true, healed: {lost: 1}});
});

test('a task that was deleted while a worker had it is named, also when its outcome has come', async t => {
	const all = await world(t);
	const node = await all.server({auditMs: 5 * second});
	await node.deploy('fib');
	const hand = await all.worker();
	const {task} = await node.submit('fib', 1);
	const [run] = await hand.runs.reach(1);
	await pass(all, 6);
	await all.tamper(`delete from tasks where id = '${task}'`);
	t.like(must(await node.api.audit()), {balanced: true});
	await pass(all, 11);
	const why = 'its row is gone, and this node has put it into the broker';
	t.like(must(await node.api.audit()).breaks, [{kind: 'ledger', task, why, healing: false}]);
	run?.succeed();
	await pass(all, 30);
	t.like(must(await node.api.audit()), {balanced: false, breaks: [{kind: 'ledger', task, why}]});
	t.is(await drift(node, 'ledger'), 1);
});

test('what waits with room for it, and that no count tells of, is named and placed', async t => {
	const all = await world(t);
	const first = await all.server();
	await first.deploy('fib');
	must(await first.api.pausePool('default', {}));
	const tasks = [];
	for (const n of [1, 2, 3]) tasks.push((await first.submit('fib', n)).task);
	await first.stop();
	await all.tamper("delete from counts where state = 'queued'");
	const node = await all.server();
	const hand = await all.worker({act: run => run.succeed()});
	await pass(all, 10);
	t.false(must(await node.api.audit()).breaks.some(({kind}) => kind === 'stalled'));
	must(await node.api.resumePool('default'));
	must(await node.api.audit());
	await pass(all, 5);
	t.is(hand.runs.all.length, 0);
	const why = 'it waits in the store, there is room for it, and nothing has placed it';
	const {breaks} = must(await node.api.audit());
	t.like(
		breaks.find(({kind}) => kind === 'stalled'),
		{task: tasks.toSorted()[0], why, healing: true},
	);
	t.is(await drift(node, 'stalled'), 1);
	await pass(all, 1);
	t.deepEqual(hand.runs.all.map(run => run.task).sort(), tasks.toSorted());
	t.like(must(await node.api.audit()), {healed: {stalled: 1}});
});

test('what waits because there is no room, for its limit or because somebody has paused it, is not stalled', async t => {
	const all = await world(t);
	const node = await all.server({window: 4, auditMs: 5 * second});
	await node.deploy('fib');
	await node.deploy('held');
	await node.deploy('few', {concurrency: 1});
	must(await node.api.pausePool('default', {}));
	for (const n of [1, 2]) await node.submit('held', n);
	must(await node.api.pause('held', {}));
	must(await node.api.resumePool('default'));
	for (const n of [1, 2]) await node.submit('few', n);
	for (const n of [1, 2, 3, 4, 5]) await node.submit('fib', n, {options: {class: 'high'}});
	await all.worker({slots: 8, act: () => {}});
	await pass(all, 20);
	const {counts} = await node.store.ledger();
	const waiting = counts.flatMap(one => (one.placed ? [] : [`${one.count} ${one.function}`]));
	t.deepEqual(waiting, ['1 few', '1 fib', '2 held']);
	t.like(must(await node.api.audit()), {balanced: true, breaks: [], healed: {}});
});
