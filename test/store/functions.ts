import test from 'ava';
import {aFunction, aVersion, birth, deploy, type MakePlace, world} from './world.ts';

export function functionsContract(name: string, make: MakePlace): void {
	test(`${name}: a function is deployed once, with its version and code`, async t => {
		const {store, commit} = await world(t, make);
		const fib = aFunction('fib', {version: 'd1'});
		const version = aVersion('fib', 'd1', 1);
		t.deepEqual((await commit(deploy(fib, 0, version))).fates, ['done']);
		t.deepEqual((await commit(deploy(fib, 0, version))).fates, ['conflict']);
		t.deepEqual(await store.functions(), [{...fib, revision: 1}]);
		t.deepEqual(await store.version('d1'), version);
		t.is(await store.version('d2'), undefined);
	});

	test(`${name}: a redeploy is decided on a revision; the loser's version is not kept`, async t => {
		const {store, commit} = await world(t, make);
		await commit(deploy(aFunction('fib', {version: 'd1'}), 0, aVersion('fib', 'd1', 1)));
		const second = deploy(aFunction('fib', {version: 'd2'}), 1, aVersion('fib', 'd2', 2));
		const late = deploy(aFunction('fib', {version: 'd3'}), 1, aVersion('fib', 'd3', 2));
		t.deepEqual((await commit(second, late, birth('t1'))).fates, ['done', 'conflict', 'done']);
		t.like((await store.functions(['fib']))[0], {version: 'd2', revision: 2});
		t.deepEqual(
			(await store.versions('fib')).map(one => [one.number, one.digest]),
			[
				[1, 'd1'],
				[2, 'd2'],
			],
		);
		t.is(await store.version('d3'), undefined);
	});

	test(`${name}: a version deployed again is the one that was there`, async t => {
		const {store, commit} = await world(t, make);
		await commit(deploy(aFunction('fib'), 0, aVersion('fib', 'd1', 1)));
		t.deepEqual((await commit(deploy(aFunction('fib'), 1, aVersion('fib', 'd1', 2)))).fates, ['done']);
		t.deepEqual(await store.versions('fib'), [aVersion('fib', 'd1', 1)]);
	});

	test(`${name}: retired functions are left out unless named`, async t => {
		const {store, commit} = await world(t, make);
		await commit(deploy(aFunction('b'), 0), deploy(aFunction('a'), 0));
		await commit(deploy(aFunction('b', {state: 'retired'}), 1));
		const names = (rows: readonly {name: string; state: string}[]) => rows.map(row => [row.name, row.state]);
		t.deepEqual(names(await store.functions()), [['a', 'active']]);
		t.deepEqual(names(await store.functions(['b', 'nobody', 'a'])), [
			['a', 'active'],
			['b', 'retired'],
		]);
		t.deepEqual(await store.functions([]), []);
	});

	test(`${name}: retiring deletes a function and its versions, not another's of the same code`, async t => {
		const {store, commit} = await world(t, make);
		await commit(
			deploy(aFunction('fib'), 0, aVersion('fib', 'd1', 1)),
			deploy(aFunction('other'), 0, aVersion('other', 'd1', 1)),
			birth('t1', {state: 'succeeded'}),
		);
		t.deepEqual((await commit({kind: 'retire', function: 'fib', expected: 9})).fates, ['conflict']);
		t.is((await store.functions()).length, 2);
		t.deepEqual((await commit({kind: 'retire', function: 'fib', expected: 1})).fates, ['done']);
		t.deepEqual(await store.functions(['fib']), []);
		t.deepEqual(await store.versions('fib'), []);
		t.is((await store.version('d1'))?.function, 'other');
		t.is((await store.load(['t1'])).size, 1);
	});
}
