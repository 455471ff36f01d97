// How many attempts of a function run at the same time, by its policy (`concurrency`): of all servers together.
import test from 'ava';
import {pass} from './pass.ts';
import {must, type Server, submission, world} from './world.ts';

const many = (count: number) => Array.from({length: count}, (_, n) => submission('mail', n));

/** Two servers that know of the function, and a worker with more slots than its limit allows. */
async function pair(t: Parameters<typeof world>[0], concurrency = 2) {
	const all = await world(t, {shared: true});
	const one = await all.server({id: 'n1', durable: true});
	const two = await all.server({id: 'n2', durable: true});
	await one.deploy('mail', {concurrency});
	await all.quiet();
	const hand = await all.worker({slots: 16});
	const inside = () => hand.runs.all.filter(run => !run.over);
	const placed = async () => (await all.rows()).filter(row => row.state === 'queued' && row.placed);
	return {...all, one, two, hand, inside, placed};
}

const whose = async ({home}: Server, all: {placed: () => Promise<readonly {home: string}[]>}) =>
	(await all.placed()).filter(row => row.home === home.id).length;

test('two servers that place at the same moment together place no more than may run', async t => {
	const all = await pair(t);
	await Promise.all([all.one.api.submit(many(5)), all.two.api.submit(many(5))]);
	await all.quiet();
	t.is((await all.placed()).length, 2);
	for (let left = 10; left > 0; left--) {
		t.true((await all.placed()).length <= 2);
		t.true(all.inside().length >= 1, `${left} are left`);
		all.inside()[0]?.succeed();
		await all.quiet();
		if (all.inside().length === 0) await pass(all, 3);
	}
	t.is(all.record.ends.length, 10);
});

test('what one server has no task for the other gets, as soon as it is free', async t => {
	const all = await pair(t);
	await all.one.api.submit(many(2));
	await all.quiet();
	const [mine] = await all.two.api.submit(many(1));
	await all.quiet();
	t.deepEqual([await whose(all.one, all), await whose(all.two, all)], [2, 0]);
	if (mine?.ok) t.like(must(await all.two.api.why(mine.value.task)), {reason: 'limit'});
	const before = all.clock.now();
	all.inside()[0]?.succeed();
	await all.quiet();
	t.deepEqual([await whose(all.one, all), await whose(all.two, all)], [1, 1]);
	t.is(all.clock.now(), before);
});

test('what a dead server had placed counts until it is over', async t => {
	const all = await pair(t);
	await all.one.api.submit(many(2));
	await all.quiet();
	all.one.life.die();
	await all.two.api.submit(many(2));
	await all.quiet();
	t.is(await whose(all.two, all), 0);
	await pass(all, 12);
	t.is((await all.placed()).length, 2, 'they are taken up, and no more are placed');
	// An attempt that was taken up may run a second time beside the first.
	for (let n = 0; n < 4; n++) {
		for (const run of all.inside()) run.succeed();
		await all.quiet();
		t.true((await all.placed()).length <= 2);
	}
	t.is(all.record.ends.length, 4);
});

test('a server that stood still and comes back places nothing over the limit', async t => {
	const all = await pair(t);
	let go = () => {};
	const still = new Promise<void>(resolve => {
		go = resolve;
	});
	all.one.mishaps.store = verb => (verb === 'commit' || verb === 'renew' ? still : undefined);
	const asked = all.one.api.submit(many(4));
	await pass(all, 12);
	await all.two.api.submit(many(4));
	await all.quiet();
	t.is(await whose(all.two, all), 2);
	all.one.mishaps.store = () => undefined;
	go();
	await asked;
	await all.quiet();
	t.is((await all.placed()).length, 2);
});

test('another limit that one server is given is kept by the other', async t => {
	const all = await pair(t, 4);
	await all.two.api.submit(many(6));
	await all.quiet();
	t.is((await all.placed()).length, 4);
	await all.one.deploy('mail', {concurrency: 1});
	await all.quiet();
	for (let left = 5; left > 0; left--) {
		all.inside()[0]?.succeed();
		await all.quiet();
		t.is((await all.placed()).length, Math.max(1, left - 2));
	}
});
