import test from 'ava';
import {enter, type MakePlace, now, world} from './world.ts';

/** Which pools are paused. */
export function pausesContract(name: string, make: MakePlace): void {
	test(`${name}: the first pause of a pool counts until it is resumed, each pool by itself`, async t => {
		const {store} = await world(t, make);
		t.deepEqual(await store.pauses(), []);
		await store.pausePool({pool: 'gpu', why: 'heat', at: now});
		await store.pausePool({pool: 'default', why: 'upgrade', at: now});
		await store.pausePool({pool: 'gpu', why: 'smoke', at: now + 1});
		const upgrade = {pool: 'default', why: 'upgrade', at: now};
		t.deepEqual(await store.pauses(), [upgrade, {pool: 'gpu', why: 'heat', at: now}]);
		await store.resumePool('gpu');
		await store.resumePool('nobody');
		t.deepEqual(await store.pauses(), [upgrade]);
		await store.pausePool({pool: 'gpu', why: 'smoke\u0000', at: now + 2});
		t.is((await store.pauses())[1]?.why, 'smoke\u0000');
	});

	test(`${name}: a pause outlives whoever said it`, async t => {
		const place = await make(t);
		const first = await place.open();
		await first.pausePool({pool: 'default', why: 'upgrade', at: now});
		await first.close();
		const {store} = await enter(await place.open(), 'n2');
		t.teardown(() => store.close());
		t.deepEqual(await store.pauses(), place.durable ? [{pool: 'default', why: 'upgrade', at: now}] : []);
	});
}
