// A redrive waits until its task's last end is told, and for nothing else that its home has still to do (A8).
import test from 'ava';
import {systemClock} from '#lib/clock.ts';
import {createWatermark} from '#runtime/watermark.ts';
import {must, type Server, type World, world} from './world.ts';

const slow = 'slow';

/** What is published to the queue `slow` is not confirmed before `confirm`; nor is work, where the test says so. */
function stall(node: Server, isToo: (type: string) => boolean = () => false): () => void {
	const held = Promise.withResolvers<void>();
	node.mishaps.broker = ({key, properties}) =>
		key === slow || isToo(properties?.type ?? '') ? held.promise : undefined;
	return held.resolve;
}

async function dies(all: World, node: Server, replyTo?: string): Promise<string> {
	const {task} = await node.submit('fails', 1, replyTo ? {replyTo} : {});
	await all.quiet();
	return task;
}

async function failing(all: World): Promise<Server> {
	const node = await all.server();
	await node.deploy('fails');
	await all.worker({act: run => run.fail('FUNCTION_THREW')});
	return node;
}

const isQueued = {state: 'queued', attempt: 2};
const notYet = {ok: false, failure: {code: 'UNAVAILABLE'}};

test('an answer of another task that is not confirmed holds up no redrive but its own', async t => {
	const all = await world(t);
	const node = await failing(all);
	const confirm = stall(node);
	const first = await dies(all, node, slow);
	const second = await dies(all, node, 'answers');
	t.like(must(await node.api.redrive(second)), isQueued);
	const redriven = node.api.redrive(first);
	t.like(await all.until(redriven), notYet);
	const again = node.api.redrive(first);
	await all.quiet();
	confirm();
	t.like(must(await again), isQueued, 'without a wait');
});

test('nor does what is not dispatched yet', async t => {
	const all = await world(t);
	const node = await failing(all);
	let sent = 0;
	stall(node, type => type === 'warren.work' && sent++ === 0);
	const {task} = await node.submit('fails', 2);
	await all.quiet();
	const dead = await dies(all, node);
	t.like(must(await node.api.inspect(task)), {state: 'queued'});
	t.like(must(await node.api.redrive(dead)), isQueued);
});

test('after a restart it waits for what is repeated of its own task alone', async t => {
	const all = await world(t);
	const node = await failing(all);
	stall(node);
	const first = await dies(all, node, slow);
	const second = await dies(all, node, 'answers');
	node.crash();
	const next = await all.server({durable: true, started: false});
	stall(next);
	await next.start();
	await all.quiet();
	t.like(must(await next.api.redrive(second)), isQueued);
	t.like(await all.until(next.api.redrive(first)), notYet);
});

test('where the end was committed at the second try it waits all the same', async t => {
	const all = await world(t);
	const node = await failing(all);
	stall(node);
	const {task} = await node.submit('fails', 1, {replyTo: slow});
	const answers = ['refused', 'answer lost'] as const;
	let commits = 0;
	node.mishaps.store = verb => (verb === 'commit' ? answers[commits++] : undefined);
	for (let n = 0; n < 10; n++) {
		all.clock.advance(250);
		await all.quiet();
	}
	t.true(commits > 2);
	t.like(must(await node.api.inspect(task)), {state: 'dead'});
	t.like(await all.until(node.api.redrive(task)), notYet);
});

test('where nobody can say whether the end was told the next start tells it, and then it is redriven', async t => {
	const all = await world(t);
	const node = await all.server({durable: true});
	await node.deploy('fails');
	const hand = await all.worker();
	const {task} = await node.submit('fails', 1, {replyTo: 'answers'});
	const [run] = await hand.runs.reach(1);
	// The commit is made, and then nobody can read what it made: its letter is given up.
	let isMade = false;
	node.mishaps.store = verb => {
		if (verb !== 'commit') return isMade && verb === 'load' ? new Error('a bug') : undefined;
		isMade = true;
		return 'answer lost';
	};
	run?.fail('FUNCTION_THREW');
	for (let n = 0; n < 8; n++) {
		await all.quiet();
		all.clock.advance(250);
	}
	node.mishaps.store = () => undefined;
	t.like(must(await all.until(node.api.inspect(task))), {state: 'dead'});
	t.is(node.sent.all.filter(({key}) => key === 'answers').length, 0);
	t.like(await all.until(node.api.redrive(task)), notYet);
	node.crash();
	const next = await all.server({durable: true});
	t.like(must(await all.until(next.api.redrive(task))), isQueued);
	t.is(next.sent.all.filter(({key}) => key === 'answers').length, 1);
});

test('what the last life has left is untold until all of it is held', async t => {
	const mark = createWatermark({clock: systemClock}, 5, 9);
	t.is(mark.untold({id: 'told', seq: 5}), undefined);
	t.is(mark.untold({id: 'new', seq: 10}), undefined);
	const left = ['free', 'owing'].map(id => mark.untold({id, seq: 7}));
	t.false(left.includes(undefined));
	mark.hold(6, 'owing');
	mark.hold(6, 'owing');
	mark.listed();
	await left[0];
	t.is(mark.untold({id: 'free', seq: 7}), undefined);
	mark.release(6, 'owing');
	t.not(mark.untold({id: 'owing', seq: 7}), undefined);
	mark.release(6, 'owing');
	await left[1];
	t.is(mark.untold({id: 'owing', seq: 7}), undefined);
});
