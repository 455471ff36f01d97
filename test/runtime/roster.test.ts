import test from 'ava';
import type {Heartbeat} from '#contract/control.ts';
import type {WorkerView} from '#contract/status.ts';
import {createRoster} from '#runtime/roster.ts';
import type {Transport} from '#transport/transport.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';

function roster() {
	const clock = createFakeClock();
	const ambient = testAmbient(clock);
	const told: string[] = [];
	let link: Parameters<Transport['watch']>[0] = () => {};
	const owed: (() => void)[] = [];
	let silent = false;
	const transport: Pick<Transport, 'watch' | 'ask'> = {
		watch(listener) {
			link = listener;
			return () => {};
		},
		ask: answered => (silent ? owed.push(answered) : answered()),
	};
	/** The broker answers nothing until what is returned is called. */
	const halfOpen = () => {
		silent = true;
		return () => {
			silent = false;
			for (const answer of owed.splice(0)) answer();
		};
	};
	const all = createRoster(ambient, transport, ({id, state}: WorkerView) => told.push(`${id} ${state}`));
	const beat = (more: Partial<Heartbeat> = {}) =>
		all.hear({
			...{worker: 'w1', pool: 'default', host: 'h', pid: 1, version: '0', state: 'idle', slots: 4, held: []},
			...{warm: {}, rssBytes: 0, executors: 1, restarts: 0, startedAt: 0, at: clock.now()},
			...more,
		});
	return {clock, ambient, told, all, beat, owed, halfOpen, link: (state: 'up' | 'down') => link(state)};
}

const held = (task: string, startedAt: number | null) => ({task, attempt: 1, function: 'fib', startedAt});

test('a worker is what it says, until it says nothing more', t => {
	const {clock, told, all, beat} = roster();
	beat();
	beat({state: 'busy'});
	beat({state: 'draining'});
	t.deepEqual(told, ['w1 idle', 'w1 busy', 'w1 draining']);
	clock.advance(1999);
	t.is(all.workers()[0]?.state, 'draining');
	clock.advance(1);
	t.is(all.workers()[0]?.state, 'suspect');
	clock.advance(1000);
	t.is(all.workers()[0]?.state, 'lost');
	beat();
	t.is(all.workers()[0]?.state, 'idle', 'a beat says that the verdict was wrong');
	t.deepEqual(told.slice(3), ['w1 suspect', 'w1 lost', 'w1 idle']);
});

test('what a worker runs counts as started, what it only holds does not', t => {
	const {all, beat} = roster();
	beat({state: 'busy', held: [held('t1', 5), held('t2', null)]});
	t.is(all.ran('t1', 1)?.startedAt, 5);
	t.is(all.ran('t1', 2), undefined);
	t.is(all.ran('t2', 1), undefined);
	t.is(all.running, 1);
	beat();
	t.is(all.ran('t1', 1), undefined);
});

test('nobody runs what a lost or a stopped worker held', t => {
	const {clock, all, beat} = roster();
	beat({state: 'busy', held: [held('t1', 5)]});
	beat({worker: 'w2', state: 'stopped', held: [held('t2', 5)]});
	t.is(all.ran('t2', 1), undefined);
	t.is(all.running, 1);
	clock.advance(3000);
	t.is(all.ran('t1', 1), undefined);
	t.is(all.running, 0);
});

test('whoever has just beaten and takes more can be given work, in its own pool', t => {
	const {clock, all, beat} = roster();
	beat({worker: 'idle', slots: 2});
	beat({worker: 'busy', state: 'busy', held: [held('t1', 5), held('t2', null)]});
	beat({worker: 'starting', state: 'starting'});
	beat({worker: 'draining', state: 'draining'});
	beat({worker: 'stopped', state: 'stopped'});
	beat({worker: 'elsewhere', pool: 'gpu'});
	beat({worker: 'slow', everyMs: 10_000});
	const live = () => all.live('default').map(({worker, slots, held: count}) => [worker, slots, count]);
	t.deepEqual(live(), [
		['idle', 2, 0],
		['busy', 4, 2],
		['slow', 4, 0],
	]);
	clock.advance(1999);
	t.is(live().length, 3);
	clock.advance(1);
	t.deepEqual(live(), [['slow', 4, 0]]);
	t.is(all.stateOf('slow'), 'idle');
	t.is(all.stateOf('idle'), 'suspect');
	t.is(all.stateOf('nobody'), undefined);
});

test('a worker that was silent for a minute is forgotten, and counted no more', async t => {
	const {clock, ambient, all, beat} = roster();
	beat();
	beat({worker: 'w2'});
	clock.advance(61_000);
	beat({worker: 'w2'});
	t.deepEqual(
		all.workers().map(({id}) => id),
		['w2'],
	);
	clock.advance(1000);
	const {values} = await ambient.metrics.workers.get();
	t.deepEqual(
		values.map(({labels, value}) => [labels.pool, labels.state, value]),
		[['default', 'idle', 1]],
	);
	all.stop();
	t.is(clock.pending(), 0);
});

test('work is given to those alone that have what it needs', t => {
	const {all, beat} = roster();
	beat({worker: 'bare'});
	beat({worker: 'gpu', tags: ['gpu']});
	beat({worker: 'both', tags: ['eu', 'gpu']});
	beat({worker: 'elsewhere', pool: 'other', tags: ['gpu']});
	const names = (part: string) => all.live(part).map(({worker}) => worker);
	t.deepEqual(names('default'), ['bare', 'gpu', 'both']);
	t.deepEqual(names('default+gpu'), ['gpu', 'both']);
	t.deepEqual(names('default+eu+gpu'), ['both']);
	t.deepEqual(names('other+gpu'), ['elsewhere']);
});

test('nobody is lost for what could not be heard, and each has three beats once it can be', t => {
	const {clock, told, all, beat, link} = roster();
	beat({state: 'busy', held: [held('t1', 5)]});
	beat({worker: 'w2'});
	clock.advance(500);
	link('down');
	clock.advance(120_000);
	t.is(all.ran('t1', 1)?.startedAt, 5);
	t.is(all.live('default').length, 2);
	t.false(all.late);
	t.false(all.hears(0));
	link('up');
	clock.advance(900);
	beat({state: 'busy', held: [held('t1', 5)]});
	t.true(all.hears(900));
	t.false(all.hears(1000));
	clock.advance(2099);
	t.is(all.stateOf('w2'), 'suspect');
	clock.advance(1);
	beat({state: 'busy', held: [held('t1', 5)]});
	clock.advance(250);
	t.deepEqual(told, ['w1 busy', 'w2 idle', 'w2 suspect', 'w1 suspect', 'w2 lost', 'w1 busy']);
});

test('nobody is lost while the broker answers nothing, and each has three beats once it does', t => {
	const {clock, told, all, beat, owed, halfOpen} = roster();
	beat({state: 'busy', held: [held('t1', 5)]});
	beat({worker: 'w2'});
	const mend = halfOpen();
	clock.advance(10_000);
	t.is(all.ran('t1', 1)?.startedAt, 5);
	t.is(all.live('default').length, 2);
	t.false(all.late);
	t.false(all.hears(0));
	t.is(owed.length, 10, 'it is asked once a second');
	mend();
	t.true(all.hears(0));
	t.false(all.hears(1));
	clock.advance(2000);
	beat({state: 'busy', held: [held('t1', 5)]});
	t.is(all.stateOf('w2'), 'suspect');
	clock.advance(1000);
	t.deepEqual(told, ['w1 busy', 'w2 idle', 'w1 suspect', 'w2 suspect', 'w1 busy', 'w2 lost']);
});

test('what was said while a process stood still is read before anybody is judged', t => {
	const {clock, told, beat, halfOpen} = roster();
	beat();
	beat({worker: 'w2'});
	const read = halfOpen();
	clock.advance(1250);
	beat();
	read();
	t.deepEqual(told, ['w1 idle', 'w2 idle'], 'late is not suspect');
	clock.advance(1750);
	t.deepEqual(told.slice(2), ['w2 suspect', 'w2 lost']);
});

test('an answer that comes when the connection is lost, or after the end, judges nobody', t => {
	const {clock, told, all, beat, link, halfOpen} = roster();
	beat();
	const answer = halfOpen();
	clock.advance(2000);
	link('down');
	answer();
	clock.advance(60_000);
	t.deepEqual(told, ['w1 idle']);
	link('up');
	const late = halfOpen();
	clock.advance(3000);
	all.stop();
	late();
	t.deepEqual(told, ['w1 idle']);
	t.is(clock.pending(), 0);
});
