// A server dies at each of its steps, and another one on the same store and broker brings the story to its
// end: nothing is lost, nothing is decided twice, everybody is answered. From one step to the next the way of
// dispatch changes, so that two walks over all steps take each way at every third.
import test from 'ava';
import {type Mode, modes} from '#dispatch/dispatch.ts';
import {live, prepare} from './scenario.ts';
import {wrongs} from './wrongs.ts';

const stride = 7;
/** Longer than a lease and the look after it. */
const calmSteps = 24;

const wayAt = (step: number): Mode => modes[step % modes.length] ?? 'pull';

for (let from = 1; from <= stride; from++) {
	test.serial(`it may die at its steps ${from}, ${from + stride} …, and who comes takes it up`, async t => {
		for (let diesAt = from, died = true; died; diesAt += stride) {
			const mode = wayAt(diesAt);
			const scene = await prepare(t, {shared: true});
			if (mode !== 'local') await scene.hire();
			died = await live(scene, {diesAt, durable: true, mode});
			if (died) await live(scene, {id: 'n2', durable: true, mode, calmSteps});
			t.deepEqual(await wrongs(scene, died ? 2 : 1), [], `${mode}: it died at step ${diesAt}`);
		}
	});

	test.serial(
		`it may die at its steps ${from}, ${from + stride} …, and who is there takes it up`,
		async t => {
			for (let diesAt = from, died = true; died; diesAt += stride) {
				const mode = wayAt(diesAt + 1);
				const scene = await prepare(t, {shared: true});
				if (mode !== 'local') await scene.hire();
				const ways = {durable: true, mode};
				const both = [live(scene, {...ways, diesAt}), live(scene, {...ways, id: 'n2', calmSteps})];
				[died = false] = await Promise.all(both);
				t.deepEqual(await wrongs(scene, 2), [], `${mode}: it died at step ${diesAt}`);
			}
		},
	);
}
