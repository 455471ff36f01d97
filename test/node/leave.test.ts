import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {leave, partingMs} from '#node/leave.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';

const never = () => new Promise(() => {});

/** A node of such parts that is told to go; `ended` has those that were told to end. */
function leaving(drains: Record<string, () => unknown>, closes: Record<string, () => unknown>) {
	const clock = createFakeClock();
	const ambient = testAmbient(clock);
	const ended: string[] = [];
	const partsOf = (all: Record<string, () => unknown>) =>
		Object.entries(all).map(([part, end]) => ({
			part,
			end() {
				ended.push(part);
				return end();
			},
		}));
	let isGone = false;
	const gone = leave(ambient, {drainTimeoutMs: 500, drains: partsOf(drains), closes: partsOf(closes)});
	void gone.then(() => {
		isGone = true;
	});
	return {
		...{ended, gone},
		isGone: () => isGone,
		async pass(ms: number) {
			await turn();
			clock.advance(ms);
			await turn();
		},
		complaints: () => ambient.lines.map(({msg, part, open}) => ({msg, part, open})),
	};
}

test('who has nothing in hand goes at once, and closes its parts in their order', async t => {
	const node = leaving({worker() {}}, {home: async () => {}, store() {}});
	await node.gone;
	t.deepEqual(node.ended, ['worker', 'home', 'store']);
	t.deepEqual(node.complaints(), []);
});

test('what is in hand has the drain timeout, all of it together', async t => {
	const node = leaving({doors: never, worker: never}, {home() {}});
	await node.pass(499);
	t.deepEqual(node.ended, ['doors']);
	await node.pass(1);
	await node.pass(0);
	t.true(node.isGone());
	t.deepEqual(node.ended, ['doors', 'worker', 'home']);
	t.like(node.complaints(), [{part: 'doors'}, {part: 'worker'}]);
});

test('parts that never close are left after the bound, and named; the others are closed all the same', async t => {
	const node = leaving({}, {home: never, transport: never, store() {}});
	await node.pass(500 + partingMs - 1);
	t.deepEqual(node.ended, ['home']);
	await node.pass(1);
	await node.pass(0);
	t.true(node.isGone());
	t.deepEqual(node.ended, ['home', 'transport', 'store']);
	t.like(node.complaints(), [{open: ['home', 'transport']}]);
});

test('a part that fails keeps none of the others from closing', async t => {
	const broken = () => {
		throw new Error('it is broken');
	};
	const node = leaving({doors: async () => broken()}, {home: broken, store() {}});
	await node.gone;
	t.deepEqual(node.ended, ['doors', 'home', 'store']);
	t.like(node.complaints(), [{part: 'doors'}, {part: 'home'}]);
});
