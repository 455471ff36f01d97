import test from 'ava';
import {createPools} from '#dispatch/pools.ts';
import {names} from '#transport/topology.ts';
import {type Topology, type Transport, TransportDown} from '#transport/transport.ts';

function declaring(t: {fail: (why: string) => void}) {
	const asked: Topology[] = [];
	const answers: Promise<void>[] = [];
	const refuse = () => t.fail('only declarations are expected');
	const declare = (topology: Topology) => {
		asked.push(topology);
		return answers.shift() ?? Promise.resolve();
	};
	const transport = {declare, publish: refuse, consume: refuse} as unknown as Transport;
	return {asked, answers, pools: createPools(transport, names())};
}

test('the queues of a pool are made once, by whoever is first; the others wait for that', async t => {
	const {asked, pools} = declaring(t);
	await Promise.all([pools('gpu'), pools('gpu')]);
	t.is(asked.length, 1);
	t.deepEqual(
		asked[0]?.queues.map(({name}) => name),
		['warren.work.gpu.high', 'warren.work.gpu.normal', 'warren.work.gpu.low', 'warren.returned'],
	);
	t.is(pools('gpu'), undefined);
	t.is(pools('default'), undefined, 'it is there before anything is placed');
});

test('what could not be made is made by the next one', async t => {
	const {asked, answers, pools} = declaring(t);
	answers.push(Promise.reject(new TransportDown('away')));
	await t.throwsAsync(async () => pools('gpu'), {instanceOf: TransportDown});
	await pools('gpu');
	t.is(asked.length, 2);
	t.is(pools('gpu'), undefined);
});
