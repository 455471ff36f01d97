// Commits of which nobody knows whether they were made, and which come about later.
import test from 'ava';
import {checkWork, messageTypes} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import {type Server, submission, world} from './world.ts';

/** The attempts that were sent, each with its mark. */
const marks = ({sent}: Server): boolean[] =>
	sent.all
		.filter(({properties}) => properties?.type === messageTypes.work)
		.flatMap(({body}) => {
			const checked = checkWork(decodeFrame<unknown>(body).head);
			return checked.ok ? checked.value.items.map(({again}) => again) : [];
		});

test('a birth that is committed late, after it was looked up in vain, is dispatched all the same', async t => {
	const {server, worker, until, quiet} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {runs} = await worker({act: run => run.succeed()});
	let late: Parameters<typeof node.store.commit>[0] | undefined;
	let tries = 0;
	node.mishaps.store = (verb, [batch]) => {
		if (verb !== 'commit') return undefined;
		tries++;
		if (tries === 1) late = batch as typeof late;
		if (tries === 1) return 'refused';
		// What the first commit asked for comes about now.
		return tries === 2 && late ? node.store.commit(late).then(() => {}) : undefined;
	};
	const [answer] = await until(node.api.submit([submission('fib', 1)]));
	t.like(answer, {ok: true, value: {existing: false}});
	await quiet();
	t.deepEqual(marks(node), [true]);
	t.is(runs.all.length, 1);
});
