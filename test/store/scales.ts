import test from 'ava';
import {enter, type MakePlace, now, world} from './world.ts';

/** How many workers a pool should have. */
export function scalesContract(name: string, make: MakePlace): void {
	test(`${name}: of how many workers a pool should have the last word counts, each pool by itself`, async t => {
		const {store} = await world(t, make);
		t.deepEqual(await store.scales(), []);
		await store.scale({pool: 'gpu', workers: 3, at: now});
		await store.scale({pool: 'default', workers: 8, at: now});
		await store.scale({pool: 'gpu', workers: 0, at: now + 1});
		t.deepEqual(await store.scales(), [
			{pool: 'default', workers: 8, at: now},
			{pool: 'gpu', workers: 0, at: now + 1},
		]);
	});

	test(`${name}: how many workers a pool should have outlives whoever said it`, async t => {
		const place = await make(t);
		const first = await place.open();
		await first.scale({pool: 'default', workers: 5, at: now});
		await first.close();
		const {store} = await enter(await place.open(), 'n2');
		t.teardown(() => store.close());
		t.deepEqual(await store.scales(), place.durable ? [{pool: 'default', workers: 5, at: now}] : []);
	});
}
