import test from 'ava';
import fc from 'fast-check';
import type {Lane} from '#actors/lane.ts';
import {createWaitTime} from '#dispatch/waitTime.ts';
import {createFakeClock} from '../harness/clock.ts';

const lane = {pool: 'default', class: 'normal'} as const;

/** A pool whose placed attempts and slots the test says. */
function pool() {
	const clock = createFakeClock();
	const placed = {high: 0, normal: 0, low: 0};
	const state = {slots: 4, placed};
	const wait = createWaitTime(clock, {
		slots: () => state.slots,
		placed: ({class: name}: Lane) => placed[name],
	});
	return {clock, state, placed, wait};
}

test('while a slot is free nothing waits', t => {
	const {wait, placed} = pool();
	t.is(wait.of(lane), 0);
	placed.normal = 4;
	t.is(wait.of(lane), 0);
});

test('before anything was measured the mean run time is a guess, shared by the slots', t => {
	const {wait, placed} = pool();
	placed.normal = 12;
	t.is(wait.of(lane), 8 * 250);
});

test('what is more urgent is before it, what is less is not', t => {
	const {wait, placed} = pool();
	placed.low = 100;
	t.is(wait.of(lane), 0);
	placed.high = 8;
	placed.normal = 1;
	t.is(wait.of(lane), 5 * 250);
	t.is(wait.of({...lane, class: 'low'}), 105 * 250);
});

test('the time from one end to the next is what a place costs, whatever the slots are', t => {
	const {wait, clock, placed} = pool();
	placed.normal = 104;
	// One core: four slots, but one attempt of 50 ms after the other.
	for (let ends = 0; ends < 200; ends++) {
		clock.advance(50);
		wait.ended('default', 50);
	}
	const ms = wait.of(lane) ?? Number.NaN;
	t.true(ms > 100 * 49 && ms < 100 * 51, `${ms} ms`);
});

test('a pool that ends nothing any more takes as long as it has ended nothing, at least', t => {
	const {wait, clock, placed} = pool();
	placed.normal = 5;
	for (let ends = 0; ends < 50; ends++) {
		clock.advance(10);
		wait.ended('default', 40);
	}
	clock.advance(60_000);
	t.true((wait.of(lane) ?? 0) >= 60_000);
});

test('a pause in which nothing waited says nothing of the pace', t => {
	const {wait, clock, placed} = pool();
	placed.normal = 5;
	for (let ends = 0; ends < 100; ends++) {
		clock.advance(10);
		wait.ended('default', 40);
	}
	placed.normal = 0;
	clock.advance(10);
	wait.ended('default', 40);
	clock.advance(3_600_000);
	placed.normal = 14;
	const ms = wait.of(lane) ?? Number.NaN;
	t.true(ms > 99 && ms < 101, `${ms} ms`);
});

test('without a live worker it waits for ever, once a server has had time to hear of one', t => {
	const {wait, clock, state} = pool();
	state.slots = 0;
	t.is(wait.of(lane), undefined);
	clock.advance(3000);
	t.is(wait.of(lane), Number.POSITIVE_INFINITY);
});

test('more before it never means less time', t => {
	const step = fc.record({ms: fc.nat(1000), runMs: fc.nat(5000)});
	const said = fc.check(
		fc.property(fc.array(step, {maxLength: 50}), fc.nat(500), fc.nat(500), (steps, few, more) => {
			const {wait, clock, placed} = pool();
			placed.normal = 50;
			for (const {ms, runMs} of steps) {
				clock.advance(ms);
				wait.ended('default', runMs);
			}
			placed.normal = few;
			const less = wait.of(lane) ?? 0;
			placed.normal = few + more;
			const most = wait.of(lane) ?? 0;
			return less >= 0 && most >= less;
		}),
	);
	t.false(said.failed, JSON.stringify(said.counterexample));
});
