import test from 'ava';
import {must, world} from './world.ts';

test('a task is run and its result is kept', async t => {
	const {server, worker} = await world(t);
	const {api, deploy, submit} = await server();
	const version = await deploy('fib');
	const {runs} = await worker();
	const {task, state, existing} = await submit('fib', {n: 7});
	t.deepEqual({state, existing}, {state: 'queued', existing: false});
	const [run] = await runs.reach(1);
	t.like(run, {task, attempt: 1, input: {n: 7}, build: {function: 'fib', digest: version}});
	run?.succeed(13);
	t.like(must(await api.await(task, 60_000)), {state: 'succeeded', attempt: 1, charged: 0});
	t.is(must(await api.result(task)).toString(), '13');
});
