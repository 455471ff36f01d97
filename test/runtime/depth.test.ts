import test from 'ava';
import {queuesOf} from '#runtime/depth.ts';
import {names} from '#transport/topology.ts';
import {TopologyError, type Transport, TransportDown} from '#transport/transport.ts';

const asked = (depth: () => Promise<number | undefined>, blocked?: string) =>
	queuesOf({depth, blocked: () => blocked} as unknown as Transport, names()).isGone('w1');

test('a mailbox is gone if the broker says so, and by nothing else that it says', async t => {
	t.true(await asked(async () => undefined));
	t.false(await asked(async () => 0));
	t.false(await asked(async () => undefined, 'low on memory'));
	for (const error of [new TopologyError('exclusive'), new TransportDown('lost'), new Error('anything')])
		t.false(await asked(() => Promise.reject(error)), error.message);
});
