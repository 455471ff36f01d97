import test from 'ava';
import * as fc from 'fast-check';
import {act, live, prepare, wrongs} from './scenario.ts';
import {world} from './world.ts';

const stride = 7;

/** Each of these tests takes every seventh step, from another one on: together they are all of them. */
for (let from = 1; from <= stride; from++) {
	test(`embedded, it may die at its steps ${from}, ${from + stride} …, with its broker and its workers`, async t => {
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
	});

	test(`with a broker that stays, it may die at its steps ${from}, ${from + stride} …`, async t => {
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
/** The steps at which one home after the other dies, and one worker after the other. */
const histories = fc.record({
	stays: fc.boolean(),
	homes: fc.array(step, {minLength: 1, maxLength: 4}),
	workers: fc.array(step, {maxLength: 2}),
});

test('homes and workers may die again and again', async t => {
	const history = fc.asyncProperty(histories, async ({stays, homes, workers}) => {
		const all = await world(t);
		await prepare(all);
		// One that dies while it starts never has.
		for (const diesAt of workers) void all.worker({act, diesAt});
		await all.quiet();
		await all.worker({act});
		for (const diesAt of [...homes, undefined]) {
			const died = await live(all, {durable: stays, ...(diesAt !== undefined && {diesAt})});
			if (!died) break;
			if (!stays) {
				all.loseBroker();
				await all.worker({act});
			}
		}
		const wrong = await wrongs(all);
		if (wrong.length > 0) throw new Error(wrong.join('\n'));
	});
	await t.notThrowsAsync(fc.assert(history, {numRuns: 60}));
});
