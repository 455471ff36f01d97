// Servers that tell each other of their rules over one broker in this process.
import {setImmediate as turn} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import type {Ruled} from '#contract/autoscale.ts';
import {createRulings} from '#scale/rulings.ts';
import {createHub} from '#transport/memory/hub.ts';
import {names} from '#transport/topology.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';

async function world(t: ExecutionContext) {
	const clock = createFakeClock();
	const ambient = testAmbient(clock);
	const hub = createHub(ambient);
	t.teardown(() => hub.stop());
	const line = hub.connect();
	const quiet = async () => {
		for (let n = 0; n < 30; n++) await turn();
	};
	return {
		ambient,
		cut: async () => {
			hub.sever(line);
			await quiet();
		},
		pass: async (seconds: number) => {
			clock.advance(seconds * 1000);
			await quiet();
		},
		/** Says something that no server says. */
		babble: async () => {
			const message = {exchange: names().control, key: 'rules.n9', body: Buffer.from('{"from": 1}')};
			await hub.connect().publish(message);
			await quiet();
		},
		server: async (home: string) => {
			const heard: Ruled[] = [];
			const rulings = createRulings(ambient, {transport: line, names: names(), home});
			await rulings.start(ruled => void heard.push(ruled));
			t.teardown(() => rulings.stop());
			return {...rulings, heard};
		},
	};
}

test('who has a rule for a pool is known to those who have listened, as long as it says so', async t => {
	const {server, pass} = await world(t);
	const [one, two] = [await server('n1.example'), await server('n2.example')];
	two.tell({pools: ['gpu'], decisions: []});
	await pass(2);
	t.is(one.of('gpu'), undefined);
	await pass(3);
	t.deepEqual(one.of('gpu'), new Set(['n2.example']));
	t.deepEqual(one.of('cpu'), new Set());
	t.deepEqual(two.of('gpu'), new Set(), 'of itself a server hears nothing');
	two.tell({pools: ['cpu'], decisions: []});
	await pass(0);
	t.deepEqual(one.of('gpu'), new Set());
	t.deepEqual(one.of('cpu'), new Set(['n2.example']));
	await pass(7);
	t.deepEqual(one.of('cpu'), new Set());
});

test('who was not heard while the connection was lost is not taken for one without a rule', async t => {
	const {server, pass, cut} = await world(t);
	const [one, two] = [await server('n1.example'), await server('n2.example')];
	await pass(10);
	await cut();
	await pass(1);
	t.is(one.of('gpu'), undefined);
	two.tell({pools: ['gpu'], decisions: []});
	await pass(4);
	t.deepEqual(one.of('gpu'), new Set(['n2.example']));
});

test('what a server has decided is heard by the others, and what can not be read is not', async t => {
	const {ambient, server, pass, babble} = await world(t);
	const [one, two, three] = [
		await server('n1.example'),
		await server('n2.example'),
		await server('n3.example'),
	];
	const ruled = {pool: 'gpu', at: 1, from: 1, to: 2, why: 'needed 2', node: 'n1.example'};
	one.tell({pools: ['gpu'], decisions: [ruled]});
	await pass(0);
	t.deepEqual([one.heard, two.heard, three.heard], [[], [ruled], [ruled]]);
	await babble();
	t.is(ambient.lines.at(-1)?.msg, 'what a server said of its rules was not understood');
	t.is(two.heard.length, 1);
});
