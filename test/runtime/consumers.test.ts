import test from 'ava';
import {createConsumers} from '#runtime/consumers.ts';
import {createHub} from '#transport/open.ts';
import type {Transport, Verdict} from '#transport/transport.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';

function open() {
	const clock = createFakeClock();
	const ambient = testAmbient(clock);
	const hub = createHub(ambient);
	const line = hub.connect();
	let isBroken = false;
	const transport: Pick<Transport, 'consume'> = {
		consume: async (...given) => {
			if (isBroken) throw new Error('The test has broken the queue');
			return line.consume(...given);
		},
	};
	const consumers = createConsumers(ambient, transport);
	const taken: string[] = [];
	const verdicts: PromiseWithResolvers<Verdict>[] = [];
	return {
		...{clock, line, consumers, taken, verdicts},
		breakQueue: (is: boolean) => {
			isBroken = is;
		},
		make: (queue: string) => line.declare({exchanges: [], queues: [{name: queue, type: 'quorum'}]}),
		put: (queue: string, body: string) => line.publish({exchange: '', key: queue, body: Buffer.from(body)}),
		take: ({body}: {body: Buffer}) => {
			taken.push(body.toString());
			return 'ack' as const;
		},
		hold: ({body}: {body: Buffer}) => {
			taken.push(body.toString());
			const verdict = Promise.withResolvers<Verdict>();
			verdicts.push(verdict);
			return verdict.promise;
		},
	};
}

const turns = async () => {
	for (let n = 0; n < 20; n++) await new Promise(resolve => setImmediate(resolve));
};

test('while the store is shut nothing is taken, but from queues that need no store', async t => {
	const {consumers, make, put, take, taken} = open();
	for (const queue of ['work', 'ear']) await make(queue);
	await consumers.add('work', take);
	await consumers.add('ear', take, 'always');
	consumers.shut(true);
	await put('work', 'one');
	await put('ear', 'two');
	await turns();
	t.deepEqual(taken, ['two']);
	consumers.shut(false);
	await turns();
	t.deepEqual(taken, ['two', 'one']);
	await consumers.stop();
});

test('what is given back when the store is shut is not delivered here again before it is open', async t => {
	const {consumers, make, put, hold, taken, verdicts} = open();
	await make('work');
	await consumers.add('work', hold);
	await put('work', 'one');
	await turns();
	consumers.shut(true);
	verdicts[0]?.resolve('retry');
	await turns();
	t.deepEqual(taken, ['one']);
	consumers.shut(false);
	await turns();
	t.deepEqual(taken, ['one', 'one']);
	verdicts[1]?.resolve('ack');
	await consumers.stop();
});

test('what is asked for while the store is shut is consumed once it is open', async t => {
	const {consumers, make, put, take, taken} = open();
	await make('work');
	consumers.shut(true);
	await consumers.add('work', take);
	await put('work', 'one');
	await turns();
	t.deepEqual(taken, []);
	consumers.shut(false);
	await turns();
	t.deepEqual(taken, ['one']);
	await consumers.stop();
});

test('a cancel takes no more, waits for what is in hand, and is not undone by a store that opens', async t => {
	const {consumers, make, put, hold, taken, verdicts} = open();
	await make('work');
	const consumer = await consumers.add('work', hold);
	await put('work', 'one');
	await turns();
	consumers.shut(true);
	let isOver = false;
	const over = consumer.cancel().then(() => {
		isOver = true;
	});
	consumers.shut(false);
	await put('work', 'two');
	await turns();
	t.false(isOver);
	t.deepEqual(taken, ['one']);
	verdicts[0]?.resolve('ack');
	await over;
	await turns();
	t.deepEqual(taken, ['one']);
});

test('a queue that cannot be consumed again is tried until it can', async t => {
	const {consumers, make, put, take, taken, clock, breakQueue} = open();
	await make('work');
	await consumers.add('work', take);
	consumers.shut(true);
	breakQueue(true);
	consumers.shut(false);
	await put('work', 'one');
	await turns();
	clock.advance(1000);
	await turns();
	t.deepEqual(taken, []);
	breakQueue(false);
	clock.advance(1000);
	await turns();
	t.deepEqual(taken, ['one']);
	await consumers.stop();
});

test('a queue that cannot be consumed at first is refused to who asks', async t => {
	const {consumers, make, take, breakQueue} = open();
	await make('work');
	breakQueue(true);
	await t.throwsAsync(consumers.add('work', take), {message: 'The test has broken the queue'});
	consumers.shut(true);
	breakQueue(false);
	consumers.shut(false);
	await consumers.stop();
});

test('a store that is shut again and again is left alone for longer each time, until it was open for a while', async t => {
	const {consumers, clock, make, put, take, taken} = open();
	await make('work');
	await consumers.add('work', take);
	let sent = 0;
	/** Shut and opened, until it is consumed again; in ms. */
	const rest = async (): Promise<number> => {
		consumers.shut(true);
		consumers.shut(false);
		await put('work', String(++sent));
		const since = clock.now();
		for (await turns(); taken.length < sent; await turns()) clock.advance(50);
		return clock.now() - since;
	};
	t.is(await rest(), 0);
	t.deepEqual([await rest(), await rest(), await rest()], [250, 500, 1000]);
	for (let n = 0; n < 4; n++) await rest();
	t.is(await rest(), 5000, 'no longer than that');
	clock.advance(10_000);
	t.is(await rest(), 0);
	await consumers.stop();
});

test('a store that is shut on and on while it is left alone does not keep its queues closed for ever', async t => {
	const {consumers, clock, make, put, take, taken} = open();
	await make('work');
	await consumers.add('work', take);
	for (let n = 0; n < 10; n++) {
		consumers.shut(true);
		consumers.shut(false);
		await turns();
		clock.advance(100);
	}
	await put('work', 'one');
	for (let n = 0; n < 60 && taken.length === 0; n++) {
		consumers.shut(true);
		clock.advance(100);
		consumers.shut(false);
		await turns();
	}
	t.deepEqual(taken, ['one']);
	await consumers.stop();
});
