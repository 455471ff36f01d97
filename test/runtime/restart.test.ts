import test from 'ava';
import * as fc from 'fast-check';
import {modes} from '#dispatch/dispatch.ts';
import {following, live, prepare} from './scenario.ts';
import {wrongs} from './wrongs.ts';

const stride = 7;

// One after the other, so that a slow machine sees each of them end in time.
/** Each of these tests takes every seventh step, from another one on: together they are all of them. */
for (let from = 1; from <= stride; from++) {
	test.serial(
		`embedded, it may die at its steps ${from}, ${from + stride} …, with its broker and its workers`,
		async t => {
			for (let diesAt = from, died = true; died; diesAt += stride) {
				const scene = await prepare(t);
				await scene.hire();
				died = await live(scene, {diesAt, durable: false});
				if (died) {
					scene.all.loseBroker();
					await scene.hire();
					await live(scene, {durable: false});
				}
				t.deepEqual(await wrongs(scene, died ? 2 : 1), [], `it died at step ${diesAt}`);
				await scene.all.close();
			}
		},
	);

	test.serial(
		`running everything itself, it may die at its steps ${from}, ${from + stride} …, with its broker`,
		async t => {
			for (let diesAt = from, died = true; died; diesAt += stride) {
				const scene = await prepare(t);
				died = await live(scene, {diesAt, durable: false, mode: 'local'});
				if (died) {
					scene.all.loseBroker();
					await live(scene, {durable: false, mode: 'local'});
				}
				t.deepEqual(await wrongs(scene, died ? 2 : 1), [], `it died at step ${diesAt}`);
				await scene.all.close();
			}
		},
	);

	test.serial(
		`pushing, with a broker that stays, it may die at its steps ${from}, ${from + stride} …`,
		async t => {
			for (let diesAt = from, died = true; died; diesAt += stride) {
				const scene = await prepare(t);
				await scene.hire();
				died = await live(scene, {diesAt, durable: true, mode: 'push'});
				if (died) await live(scene, {durable: true, mode: 'push'});
				t.deepEqual(await wrongs(scene, died ? 2 : 1), [], `it died at step ${diesAt}`);
				await scene.all.close();
			}
		},
	);

	test.serial(`with a broker that stays, it may die at its steps ${from}, ${from + stride} …`, async t => {
		for (let diesAt = from, died = true; died; diesAt += stride) {
			const scene = await prepare(t);
			await scene.hire();
			died = await live(scene, {diesAt, durable: true});
			if (died) await live(scene, {durable: true});
			t.deepEqual(await wrongs(scene, died ? 2 : 1), [], `it died at step ${diesAt}`);
			await scene.all.close();
		}
	});
}

const step = fc.integer({min: 1, max: 260});
const mishaps = fc.array(
	fc.record({at: fc.nat({max: 60}), what: fc.constantFrom('refused', 'answer lost')}),
	{
		maxLength: 8,
	},
);
const options = {numRuns: 60, includeErrorInReport: true};

/** How many commits may be in progress at once, and how few letters are enough for one beside another. */
const pipeline = fc.record({depth: fc.integer({min: 1, max: 3}), least: fc.integer({min: 1, max: 2})});

/** The steps at which one home after the other dies, and one worker after the other; and what goes wrong besides. */
const histories = fc.record({
	stays: fc.boolean(),
	homes: fc.array(fc.record({diesAt: step, store: mishaps, broker: mishaps}), {minLength: 1, maxLength: 4}),
	workers: fc.array(step, {maxLength: 2}),
	mode: fc.constantFrom(...modes),
	pipeline,
});

test.serial('homes and workers may die again and again, under a store and a broker that refuse', async t => {
	const history = fc.asyncProperty(histories, async ({stays, homes, workers, mode, pipeline}) => {
		const scene = await prepare(t);
		// One that dies while it starts never has.
		for (const diesAt of workers) void scene.hire({diesAt});
		await scene.all.quiet();
		await scene.hire();
		for (const life of [...homes, {}]) {
			// What was pushed to a worker that died is in no queue, and the audit's to find (decisions/0019).
			const audit = mode === 'push' && workers.length > 0 ? {auditMs: 2000} : {};
			const died = await live(scene, {durable: stays, mode, pipeline, ...audit, ...life});
			if (!died) break;
			if (!stays) {
				scene.all.loseBroker();
				await scene.hire();
			}
		}
		const wrong = await wrongs(scene);
		await scene.all.close();
		if (wrong.length > 0) throw new Error(wrong.join('\n'));
	});
	await t.notThrowsAsync(fc.assert(history, options));
});

test.serial(
	'a store and a broker that refuse, or whose answers are lost, delay everything and change nothing',
	async t => {
		const ways = {durable: fc.boolean(), mode: fc.constantFrom(...modes), pipeline};
		const lives = fc.record({...ways, store: mishaps, broker: mishaps, worker: mishaps});
		const history = fc.asyncProperty(lives, async ({worker, ...life}) => {
			const scene = await prepare(t);
			const hand = await scene.hire();
			hand.mishaps.broker = following(worker);
			await live(scene, life);
			const wrong = await wrongs(scene);
			await scene.all.close();
			if (wrong.length > 0) throw new Error(wrong.join('\n'));
		});
		await t.notThrowsAsync(fc.assert(history, options));
	},
);
