// Which of several servers decides for a pool.
import test from 'ava';
import {queued, world} from './ruledPool.ts';

test('only the server that leads decides; the others look, so that they can', async t => {
	const {seen, autoscaler, look, begin, explained} = world('b');
	seen.homes = [
		{home: 'a', live: true},
		{home: 'b', live: true},
	];
	seen.stock = queued(5);
	t.like(explained(), {leads: false, leader: null});
	await begin();
	await look(3);
	t.deepEqual(seen.scaled, []);
	t.like(explained(), {leads: false, leader: 'a', workers: 0, load: {waiting: 5}});
	seen.homes = [
		{home: 'a', live: false},
		{home: 'b', live: true},
	];
	await look();
	t.deepEqual(seen.scaled, [1]);
	t.like(explained(), {leads: true, leader: 'b'});
	await autoscaler.stop();
});

test('a server that has no rule for a pool leads none of it; before that is known nobody does', async t => {
	const {seen, autoscaler, look, begin, explained} = world('b');
	seen.homes = [
		{home: 'a', live: true},
		{home: 'b', live: true},
	];
	seen.stock = queued(5);
	seen.ruled = undefined;
	await begin();
	await look(2);
	t.deepEqual(seen.scaled, []);
	t.like(explained(), {leads: false, leader: null});
	seen.ruled = ['c'];
	await look();
	t.deepEqual(seen.scaled, [1]);
	t.like(explained(), {leads: true, leader: 'b'});
	t.deepEqual(
		seen.told.map(({pools, decisions}) => [pools, decisions.map(({pool, to, node}) => ({pool, to, node}))]),
		[
			[['gpu'], []],
			[['gpu'], []],
			[['gpu'], []],
			[['gpu'], [{pool: 'gpu', to: 1, node: 'b'}]],
		],
	);
	await autoscaler.stop();
});

test('what another server has decided is known here, and rests as long', async t => {
	const {seen, autoscaler, ambient, look, begin, explained, hear} = world('b');
	seen.homes = [
		{home: 'a', live: true},
		{home: 'b', live: true},
	];
	seen.said = 3;
	await begin();
	await look(5);
	// Its clock is an hour ahead.
	const ruled = {
		pool: 'gpu',
		at: ambient.clock.now() + 3_600_000,
		from: 4,
		to: 3,
		why: 'enough 3',
		node: 'a',
	};
	seen.meanwhile = () => {
		seen.meanwhile = () => {};
		hear(ruled);
	};
	await look();
	hear({...ruled, pool: 'other'});
	const {pool: _, ...decision} = ruled;
	t.deepEqual(explained().decisions, [decision]);
	seen.homes = [{home: 'b', live: true}];
	await look();
	t.deepEqual(seen.scaled, [], 'the last step down was two seconds ago, whoever made it');
	await look();
	t.deepEqual(seen.scaled, [0]);
	await autoscaler.stop();
});
