// How often the code in a sandbox called the host: counted where the call arrives, so nothing inside can deceive.
import test from 'ava';
import type {CallOutcome} from '#engine/engine.ts';
import {buildOf, callOf, engineOf, ignore, opened, runAll, runOne} from './world.ts';

test('what a call asks of the host is counted for that call alone', async t => {
	const code = `crypto.randomUUID();
	export default async ({lines, wait, domain}) => {
		for (let n = 0; n < lines; n++) console.log(n);
		if (wait) await new Promise(resolve => setTimeout(resolve, 1));
		if (domain) new URL(domain);
	};`;
	const sandbox = await opened(engineOf(t), await buildOf(code));
	const inputs = [{}, {lines: 3}, {wait: true}, {lines: 1, domain: 'http://bücher.example'}, {}];
	const outcomes = await runAll(
		sandbox,
		inputs.map(input => callOf(input)),
	);
	t.deepEqual(
		outcomes.map(outcome => outcome?.hostCalls),
		[0, 3, 1, 2, 0],
	);
	t.is((await runOne(sandbox, {lines: 2})).hostCalls, 2, 'nor does the list before count');
});

for (const [how, rest] of [
	['while(true)', 'while (true);'],
	['an await without an end', 'return new Promise(() => {});'],
] as const) {
	test(`the calls of the host before ${how} are in the outcome of its stop`, async t => {
		const code = `export default lines => { for (let n = 0; n < lines; n++) console.log(n); ${rest} };`;
		const engine = engineOf(t);
		const sandbox = await opened(engine, await buildOf(code));
		const other = await opened(engine, await buildOf('export default x => x;'));
		const {promise: ended, resolve} = Promise.withResolvers<CallOutcome>();
		const over = sandbox.run([callOf(4)], {...ignore, ended: (_, outcome) => resolve(outcome)});
		while (sandbox.inside < 0) await new Promise(setImmediate);
		// It has printed once another sandbox, which needs the processor as it does, was entered so often.
		for (let n = 0; n < 200; n++) await runOne(other, n);
		sandbox.stop(0);
		t.like(await ended, {failure: {code: 'CANCELLED'}, hostCalls: 4});
		await over;
	});
}
