import test from 'ava';
import {readAddress} from '#transport/rabbit/address.ts';
import {delayOf, type Pace} from '#transport/rabbit/backoff.ts';
import {Link} from '#transport/rabbit/link.ts';
import {testAmbient} from '../harness/ambient.ts';
import {arrivals} from '../harness/arrivals.ts';
import {freePorts} from '../harness/ports.ts';

const pace: Pace = {firstMs: 100, longestMs: 1000, jitter: 0.3};
const tries = [1, 2, 3, 4, 5, 50];
const delays = (dice: number) => tries.map(tried => Math.round(delayOf(pace, tried, () => dice)));

test('each try waits twice as long as the one before, up to the longest', t => {
	t.deepEqual(delays(0.5), [100, 200, 400, 769, 769, 769]);
});

test('the dice makes it shorter or longer, never longer than the longest', t => {
	t.deepEqual(delays(0), [70, 140, 280, 538, 538, 538]);
	t.deepEqual(delays(1), [130, 260, 520, 1000, 1000, 1000]);
});

test('those who wait the longest do not come back together', t => {
	const throws = Array.from({length: 10}, (_, at) => delayOf(pace, 50, () => at / 10));
	t.is(new Set(throws).size, throws.length);
});

test('a link throws the dice before each of its tries to connect', async t => {
	const [port = 0] = await freePorts(1);
	const thrown = arrivals<number>('throws of the dice');
	const dice = () => {
		thrown.push(0);
		return 0;
	};
	const hooks = {setup: () => Promise.resolve(), up() {}, down() {}, pressure() {}};
	const address = await readAddress(`amqp://127.0.0.1:${port}`, 'link');
	const ambient = testAmbient();
	const link = new Link(ambient, address, 'test', hooks, dice);
	t.teardown(() => link.close());
	await link.open();
	await thrown.reach(4);
	t.is(ambient.lines.filter(({msg}) => msg === 'the broker is out of reach').length, 4);
});
