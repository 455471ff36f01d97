// A function may need tags, and runs on the workers of its pool that have all of them, and on no others.
import test from 'ava';
import {must, type World, world} from './world.ts';

const act = (run: {succeed: () => void}) => run.succeed();
const work = (all: World, part: string) => all.line.depth(all.names.work(part, 'normal'));

test('each function runs where its tags are, and a worker with tags serves the others, too', async t => {
	const {server, worker, until} = await world(t);
	const node = await server();
	await node.deploy('train', {needs: ['gpu', 'eu']});
	await node.deploy('render', {needs: ['gpu']});
	await node.deploy('mail');
	const bare = await worker({act});
	const gpu = await worker({tags: ['gpu'], act});
	const both = await worker({tags: ['eu', 'gpu'], act});
	const tasks: string[] = [];
	for (let n = 0; n < 20; n++) {
		for (const name of ['train', 'render', 'mail']) tasks.push((await node.submit(name, name)).task);
	}
	for (const task of tasks) t.is(must(await until(node.api.await(task, 60_000))).state, 'succeeded');
	const ran = ({runs}: typeof bare) => new Set(runs.all.map(({input}) => String(input)));
	t.deepEqual([...ran(bare)], ['mail']);
	t.false(ran(gpu).has('train'));
	t.is(both.runs.all.filter(({input}) => input === 'train').length, 20);
});

test('what needs a tag that nobody has waits, says so, and holds nobody up', async t => {
	const all = await world(t);
	const node = await all.server({window: 1});
	await node.deploy('render', {needs: ['gpu']});
	await node.deploy('mail');
	const bare = await all.worker({act});
	const [first, second] = [await node.submit('render'), await node.submit('render')];
	all.clock.advance(1000);
	await all.quiet();
	t.is(await work(all, 'default+gpu'), 1);
	const why = async (id: string) => must(await node.api.why(id));
	t.like(await why(first.task), {
		reason: 'worker',
		text: 'a worker: none with gpu is alive in pool default',
	});
	t.like(await why(second.task), {reason: 'room'});
	const {task} = await node.submit('mail');
	t.is(must(await all.until(node.api.await(task, 1000))).state, 'succeeded');
	t.is(bare.runs.all.length, 1);
	await all.worker({tags: ['gpu'], act});
	t.like(must(await all.until(node.api.await(second.task, 1000))), {
		state: 'succeeded',
		pool: 'default+gpu',
	});
});

test('a pool that is paused holds back what needs tags of it as well', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('render', {needs: ['gpu']});
	const {runs} = await all.worker({tags: ['gpu'], act});
	must(await node.api.pausePool('default', {why: 'for the test'}));
	const {task} = await node.submit('render');
	await all.quiet();
	t.is(runs.all.length, 0);
	t.like(must(await node.api.why(task)), {reason: 'paused'});
	must(await node.api.resumePool('default'));
	t.is(must(await all.until(node.api.await(task, 1000))).state, 'succeeded');
});

test('pools are listed with their parts, and with who serves each', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('render', {needs: ['gpu']});
	await all.worker({slots: 2});
	await all.worker({slots: 3, tags: ['gpu']});
	all.clock.advance(1000);
	await all.quiet();
	const pools = must(await node.api.pools());
	t.deepEqual(
		pools.map(({name, workers, slots}) => [name, workers, slots]),
		[
			['default', 2, 5],
			['default+gpu', 1, 3],
		],
	);
	t.deepEqual(
		node.home.roster.workers().map(({tags}) => tags),
		[[], ['gpu']],
	);
});

test('pushed work goes to those that have the tags, and waits where nobody has them', async t => {
	const all = await world(t);
	const node = await all.server({mode: 'push'});
	await node.deploy('render', {needs: ['gpu']});
	const bare = await all.worker({act});
	all.clock.advance(1000);
	await all.quiet();
	const tasks: string[] = [];
	for (let n = 0; n < 5; n++) tasks.push((await node.submit('render')).task);
	await all.quiet();
	t.is(await work(all, 'default+gpu'), 5);
	const gpu = await all.worker({tags: ['gpu'], act});
	all.clock.advance(1000);
	await all.quiet();
	for (let n = 0; n < 5; n++) tasks.push((await node.submit('render')).task);
	for (const task of tasks) t.is(must(await all.until(node.api.await(task, 60_000))).state, 'succeeded');
	t.deepEqual([bare.runs.all.length, gpu.runs.all.length], [0, 10]);
	t.is(must(await node.api.inspect(tasks[9] ?? '')).usage?.worker, gpu.worker.id);
});

test('what a worker with tags gives back goes to the next one that has them', async t => {
	const all = await world(t);
	const node = await all.server({mode: 'push'});
	await node.deploy('render', {needs: ['gpu']});
	const first = await all.worker({tags: ['gpu'], slots: 1});
	all.clock.advance(1000);
	await all.quiet();
	const tasks = [await node.submit('render'), await node.submit('render')];
	const [run] = await first.runs.reach(1);
	const bare = await all.worker({act});
	const drained = first.worker.drain();
	await all.quiet();
	t.is(await work(all, 'default+gpu'), 1);
	run?.succeed();
	await drained;
	const next = await all.worker({tags: ['gpu'], act});
	for (const {task} of tasks) t.is(must(await all.until(node.api.await(task, 60_000))).state, 'succeeded');
	t.deepEqual([bare.runs.all.length, next.runs.all.length], [0, 1]);
});
