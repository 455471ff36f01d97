// Sandboxes of fresh versions that real executors make while they rest.
import test from 'ava';
import type {Build} from '#contract/build.ts';
import {mostInitMs} from '#engine/executorStock.ts';
import {encodeFrame} from '#lib/frame.ts';
import type {Executors} from '#worker/executors.ts';
import {buildOf} from '../engine/world.ts';
import {itemOf, outcomesOf, pool} from './pool.ts';
import {executorOf, executorsOf, until} from './processes.ts';

const counter = 'let count = 0; export default () => ++count;';
const freshOf = (name: string) => buildOf(counter, {name, policy: {isolation: 'fresh'}});
const three = () => [itemOf(0), itemOf(0), itemOf(0)];

/** Calls it until it was loaded fast, as what is made ahead must have been: a busy machine takes longer. */
async function loaded(executors: Executors, build: Build): Promise<void> {
	for (;;) {
		const [outcome] = await outcomesOf(executors, build, [itemOf(0)]);
		if ((outcome?.usage?.initMs ?? 0) <= mostInitMs) return;
	}
}

test.serial('a fresh version finds sandboxes ready, each of which nobody has used', async t => {
	const executors = await pool(t);
	const build = await freshOf('ahead');
	const [first] = await outcomesOf(executors, build, three());
	t.true(first?.usage?.cold);
	await loaded(executors, build);
	await until('sandboxes that are ready', () =>
		(executors.report().warm.ahead ?? 0) >= 2 ? true : undefined,
	);
	const outcomes = await outcomesOf(executors, build, three());
	t.deepEqual(
		outcomes.map(({result}) => Number(result)),
		[1, 1, 1],
	);
	t.like(outcomes[0]?.usage, {cold: false, initMs: 0});
});

/** Makes an executor say, when it gets a signal, that it makes sandboxes of a version; then it does `next`. */
function saying(digest: string, next: string): readonly string[] {
	const frame = encodeFrame({type: 'stocking', digest}, []);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(frame.length);
	const script = `import {writeSync} from 'node:fs';
		process.on('SIGUSR2', () => {
			writeSync(3, Buffer.from(${JSON.stringify([...length, ...frame])}));
			${next}
		});`;
	return [`--import=data:text/javascript,${encodeURIComponent(script)}`];
}

test.serial('a version that took an executor down while nobody was inside has none ready again', async t => {
	const [deadly, harmless] = [await freshOf('deadly'), await freshOf('harmless')];
	const nodeFlags = saying(deadly.digest, "process.kill(process.pid, 'SIGKILL');");
	const executors = await pool(t, {nodeFlags});
	const first = executorOf();
	process.kill(first, 'SIGUSR2');
	await until('another executor', () => (executorsOf().every(pid => pid === first) ? undefined : true));
	await loaded(executors, harmless);
	// What was asked for last is made first.
	await loaded(executors, deadly);
	const {warm} = await until('sandboxes that are ready', () => {
		const report = executors.report();
		return report.warm.harmless ? report : undefined;
	});
	t.is(warm.deadly, undefined);
});

test.serial('one that was told to go in the midst of making one is no reason to make none again', async t => {
	const build = await freshOf('ahead');
	const recycleAfter = 50;
	const executors = await pool(t, {nodeFlags: saying(build.digest, ''), recycleAfter});
	const first = executorOf();
	process.kill(first, 'SIGUSR2');
	await outcomesOf(
		executors,
		build,
		Array.from({length: recycleAfter}, () => itemOf(0)),
	);
	await until('another executor', () => (executorsOf().includes(first) ? undefined : true));
	await loaded(executors, build);
	t.true(await until('sandboxes that are ready', () => (executors.report().warm.ahead ? true : undefined)));
});
