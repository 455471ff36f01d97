import test from 'ava';
import type {Letter} from '#runtime/letter.ts';
import {createMailbox, taskOf} from '#runtime/mailbox.ts';
import {aFunction, aTask, aVersion} from '../store/world.ts';
import {submission, world} from './world.ts';

const mib = 2 ** 20;
const settle = () => {};
const birth = (id: string, size: number): Letter => {
	return {kind: 'birth', task: aTask(id), input: Buffer.alloc(size * mib), expired: false, settle};
};
const outcome = (task: string, result: number, lines = 0): Letter => ({
	...{kind: 'event', task, name: 'outcome', read: () => undefined, settle},
	...{result: Buffer.alloc(result * mib), log: {attempt: 1, lines: Buffer.alloc(lines * mib)}},
});
const deploy = (actor: string, size: number): Letter => {
	const version = {...aVersion(actor, 'v1', 1), code: Buffer.alloc((size * mib) / 2)};
	const change = {
		...({kind: 'deploy', function: aFunction(actor), expected: 0} as const),
		version: {...version, map: version.code},
	};
	return {kind: 'direct', actor, change, settle};
};

function filled(...letters: Letter[]) {
	const mailbox = createMailbox();
	for (const letter of letters) mailbox.put({letter, fresh: false});
	return (most = 100, busy?: ReadonlySet<string>) =>
		mailbox.take(most, busy).map(({letter}) => taskOf(letter));
}

test('a batch has as many letters as have 32 MiB together, of what is written: inputs, results, lines, code', t => {
	const take = filled(
		...[birth('t1', 16), outcome('t2', 8, 8), birth('t3', 0), birth('t4', 1)],
		...[deploy('fib', 30), outcome('t5', 1), birth('t6', 1)],
	);
	t.deepEqual(take(), ['t1', 't2', 't3']);
	t.deepEqual(take(), ['t4', 'fib', 't5']);
	t.deepEqual(take(), ['t6']);
	t.deepEqual(take(), []);
});

test('a letter that alone is larger goes alone', t => {
	const take = filled(birth('t1', 1), birth('t2', 40), birth('t3', 40), birth('t4', 1));
	t.deepEqual([take(), take(), take(), take()], [['t1'], ['t2'], ['t3'], ['t4']]);
});

test('what has to wait for its task takes no room, and stays before what came later', t => {
	const take = filled(birth('t1', 30), outcome('t1', 8), birth('t2', 2), outcome('t2', 30), outcome('t1', 1));
	t.deepEqual(take(), ['t1', 't2']);
	t.deepEqual(take(100, new Set(['t2'])), ['t1']);
	t.deepEqual(take(1), ['t2']);
	t.deepEqual(take(), ['t1']);
});

test('many large births that come at once are several commits', async t => {
	const {server, quiet} = await world(t);
	const node = await server({payloadBytes: mib});
	await node.deploy('fib');
	const births: number[] = [];
	node.mishaps.store = (verb, [batch]) => {
		if (verb !== 'commit') return undefined;
		const {changes} = batch as {changes: readonly {kind: string; input?: Buffer}[]};
		births.push(changes.reduce((sum, {input}) => sum + (input?.length ?? 0), 0));
		return undefined;
	};
	const text = 'x'.repeat(mib - 10);
	const answers = await node.api.submit(Array.from({length: 80}, () => submission('fib', text)));
	t.true(answers.every(({ok}) => ok));
	await quiet();
	t.true(births.every(bytes => bytes <= 32 * mib));
	t.true(births.filter(bytes => bytes > 30 * mib).length >= 2, 'as few as are needed');
	t.like(await node.api.status(), {ledger: {accepted: 80}});
});
