import test from 'ava';
import {type Bucket, createBucket} from '#keys/bucket.ts';
import {createFakeClock} from '../harness/clock.ts';

/** How many of so many come through now. */
function through(bucket: Bucket, tries: number): number {
	return Array.from({length: tries}, () => bucket.take()).filter(waitMs => waitMs === 0).length;
}

test('a second’s worth comes at once, then one whenever there is room for it', t => {
	const clock = createFakeClock();
	const bucket = createBucket(clock, '10/s');
	t.is(through(bucket, 50), 10);
	t.is(bucket.take(), 100);
	clock.advance(99);
	t.is(bucket.take(), 1);
	clock.advance(1);
	t.is(through(bucket, 5), 1);
	clock.advance(3_600_000);
	t.is(through(bucket, 50), 10);
});

test('a rate below one in a second lets one through at a time, and says how long to wait', t => {
	const clock = createFakeClock();
	const bucket = createBucket(clock, '6/m');
	t.is(through(bucket, 3), 1);
	t.is(bucket.take(), 10_000);
	clock.advance(9999);
	t.is(bucket.take(), 1);
	clock.advance(1);
	t.is(through(bucket, 3), 1);
	t.is(through(createBucket(clock, '1/h'), 2), 1);
});

test('over ten minutes exactly the rate comes through, however the requests fall', t => {
	for (const [rate, expected] of [
		['7/s', 7 + 7 * 600],
		['90/m', 1 + 900],
	] as const) {
		const clock = createFakeClock();
		const bucket = createBucket(clock, rate);
		let came = 0;
		for (let ms = 0; ms <= 600_000; ms += 10) {
			came += through(bucket, 2);
			clock.advance(10);
		}
		t.true(Math.abs(came - expected) <= 1, `${rate}: ${came}, expected ${expected}`);
	}
});

test('a clock that is set back neither gives nor takes', t => {
	const clock = createFakeClock(1_000_000);
	let back = 0;
	const bucket = createBucket({...clock, now: () => clock.now() - back}, '2/s');
	t.is(through(bucket, 3), 2);
	back = 500_000;
	t.is(bucket.take(), 500);
	clock.advance(500);
	t.is(through(bucket, 3), 1);
});
