import test from 'ava';
import {must, world} from './world.ts';

test('a history tells the steps in the order of their commits, though a worker started earlier', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const hand = await worker();
	const {task} = await node.submit('fib', 1);
	const [run] = await hand.runs.reach(1);
	clock.advance(1000);
	// The copy that comes again is claimed, and granted, before the outcome of the first one arrives.
	hand.blink();
	await quiet();
	run?.succeed(1);
	await quiet();

	const {entries} = must(await node.api.history(task));
	t.deepEqual(
		entries.map(({event, from, to}) => `${event}: ${from} → ${to}`),
		[
			'admit: accepted → queued',
			'claim: queued → queued',
			'start: queued → running',
			'succeed: running → succeeded',
		],
	);
	const [, claim, start] = entries;
	t.true((start?.at ?? 0) < (claim?.at ?? 0));
});
