// A server dies at each of its steps, and another one on the same store and broker brings the story to its
// end: nothing is lost, nothing is decided twice, everybody is answered.
import test from 'ava';
import {act, live, prepare, wrongs} from './scenario.ts';
import {world} from './world.ts';

const stride = 6;
/** Longer than a lease and the look after it. */
const calmSteps = 24;

for (let from = 1; from <= stride; from++) {
	test.serial(`it may die at its steps ${from}, ${from + stride} …, and who comes takes it up`, async t => {
		for (let diesAt = from, died = true; died; diesAt += stride) {
			const all = await world(t, {shared: true});
			await prepare(all);
			await all.worker({act});
			died = await live(all, {diesAt, durable: true});
			if (died) await live(all, {id: 'n2', durable: true, calmSteps});
			t.deepEqual(await wrongs(all), [], `it died at step ${diesAt}`);
		}
	});

	test.serial(
		`it may die at its steps ${from}, ${from + stride} …, and who is there takes it up`,
		async t => {
			for (let diesAt = from, died = true; died; diesAt += stride) {
				const all = await world(t, {shared: true});
				await prepare(all);
				await all.worker({act});
				const both = [live(all, {diesAt, durable: true}), live(all, {id: 'n2', durable: true, calmSteps})];
				[died = false] = await Promise.all(both);
				t.deepEqual(await wrongs(all), [], `it died at step ${diesAt}`);
			}
		},
	);
}
