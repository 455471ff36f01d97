import test from 'ava';
import * as fc from 'fast-check';
import {modes} from '#dispatch/dispatch.ts';
import {act, following, live, prepare, wrongs} from './scenario.ts';
import {world} from './world.ts';

const stride = 7;

// One after the other, so that a slow machine sees each of them end in time.
/** Each of these tests takes every seventh step, from another one on: together they are all of them. */
for (let from = 1; from <= stride; from++) {
	test.serial(
		`embedded, it may die at its steps ${from}, ${from + stride} …, with its broker and its workers`,
		async t => {
			for (let diesAt = from, died = true; died; diesAt += stride) {
				const all = await world(t);
				await prepare(all);
				await all.worker({act});
				died = await live(all, {diesAt, durable: false});
				if (died) {
					all.loseBroker();
					await all.worker({act});
					await live(all, {durable: false});
				}
				t.deepEqual(await wrongs(all), [], `it died at step ${diesAt}`);
			}
		},
	);

	test.serial(
		`running everything itself, it may die at its steps ${from}, ${from + stride} …, with its broker`,
		async t => {
			for (let diesAt = from, died = true; died; diesAt += stride) {
				const all = await world(t);
				await prepare(all);
				died = await live(all, {diesAt, durable: false, mode: 'local'});
				if (died) {
					all.loseBroker();
					await live(all, {durable: false, mode: 'local'});
				}
				t.deepEqual(await wrongs(all), [], `it died at step ${diesAt}`);
			}
		},
	);

	test.serial(
		`pushing, with a broker that stays, it may die at its steps ${from}, ${from + stride} …`,
		async t => {
			for (let diesAt = from, died = true; died; diesAt += stride) {
				const all = await world(t);
				await prepare(all);
				await all.worker({act});
				died = await live(all, {diesAt, durable: true, mode: 'push'});
				if (died) await live(all, {durable: true, mode: 'push'});
				t.deepEqual(await wrongs(all), [], `it died at step ${diesAt}`);
			}
		},
	);

	test.serial(`with a broker that stays, it may die at its steps ${from}, ${from + stride} …`, async t => {
		for (let diesAt = from, died = true; died; diesAt += stride) {
			const all = await world(t);
			await prepare(all);
			await all.worker({act});
			died = await live(all, {diesAt, durable: true});
			if (died) await live(all, {durable: true});
			t.deepEqual(await wrongs(all), [], `it died at step ${diesAt}`);
		}
	});
}

const step = fc.integer({min: 1, max: 140});
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
		const all = await world(t);
		await prepare(all);
		// One that dies while it starts never has.
		for (const diesAt of workers) void all.worker({act, diesAt});
		await all.quiet();
		await all.worker({act});
		for (const life of [...homes, {}]) {
			const died = await live(all, {durable: stays, mode, pipeline, ...life});
			if (!died) break;
			if (!stays) {
				all.loseBroker();
				await all.worker({act});
			}
		}
		const wrong = await wrongs(all);
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
			const all = await world(t);
			await prepare(all);
			const hand = await all.worker({act});
			hand.mishaps.broker = following(worker);
			await live(all, life);
			const wrong = await wrongs(all);
			if (wrong.length > 0) throw new Error(wrong.join('\n'));
		});
		await t.notThrowsAsync(fc.assert(history, options));
	},
);
