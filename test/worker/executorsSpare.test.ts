// The executor that is kept ready for suspects, with real processes.
import test from 'ava';
import {residentBytes} from '#worker/executorMemory.ts';
import {buildOf, fixture} from '../engine/world.ts';
import {alarm, itemOf, nap, observe, outcomesOf, patient, pool, soon, type Watched} from './pool.ts';
import {executorOf, executorsOf, gone, spareBut, until} from './processes.ts';

const executor = () => executorOf('e');
const spared = {spare: true};

/** The item of this list has begun so many times. */
const begun = ({starts}: Watched, times: number) =>
	until(`a beginning number ${times}`, () => (starts.length >= times ? true : undefined));

test.serial('suspects run in the executor that was there before them, and it is made anew', async t => {
	const executors = await pool(t, spared);
	const spare = await spareBut();
	const build = await alarm();
	const at = soon();
	const items = [itemOf(at), itemOf(at), itemOf(at)];
	const watched = items.map(item => observe(executors, build, [item]));
	for (const [index, item] of items.entries()) await watched[index]?.began(item);
	process.kill(executor(), 'SIGKILL');
	const outcomes = (await Promise.all(watched.map(({settled}) => settled))).flat();
	t.deepEqual(
		outcomes.map(({result, usage}) => [String(result), usage?.executor]),
		[
			[`${at}`, 'q1'],
			[`${at}`, 'q1'],
			[`${at}`, 'q1'],
		],
	);
	await gone(spare);
	t.not(await spareBut(spare), spare);
	const [next] = await outcomesOf(executors, build, [itemOf(at)]);
	t.is(next?.usage?.executor, 'e2');
	t.is(executors.report().restarts, 1, 'who was used up is not counted as lost');
});

test.serial(
	'a spare takes no task and is none of the executors that are told, but its memory is',
	async t => {
		const executors = await pool(t, spared);
		const spare = await spareBut();
		const outcomes = await Promise.all(
			[1, 2, 3, 4, 5, 6].map(async ms => outcomesOf(executors, await nap(), [itemOf(ms)])),
		);
		t.deepEqual([...new Set(outcomes.flat().map(({usage}) => usage?.executor))], ['e1']);
		t.like(executors.report(), {executors: 1, restarts: 0});
		t.is(executors.slots, 4);
		if (residentBytes(process.pid) === undefined) return;
		const least = () => (residentBytes(executor()) ?? 0) + (residentBytes(spare) ?? 0) / 2;
		await until('both in the memory', () => (executors.report().rssBytes > least() ? true : undefined));
	},
);

test.serial('a spare that dies idle charges nobody, and comes back', async t => {
	const executors = await pool(t, spared);
	const item = itemOf(1);
	const watched = observe(executors, await fixture('neverResolves', patient), [item]);
	await watched.began(item);
	const first = await spareBut();
	process.kill(first, 'SIGKILL');
	const second = await spareBut(first);
	process.kill(second, 'SIGABRT');
	await spareBut(first, second);
	t.is(executors.report().restarts, 2);
	t.is(watched.starts.length, 1);
	t.true(executors.stop(item.task, 1));
	t.like((await watched.settled)[0]?.failure, {code: 'CANCELLED'});
});

test.serial(
	'once the culprit is found its neighbours wait no longer: they run beside each other',
	async t => {
		const executors = await pool(t, spared);
		const spare = await spareBut();
		const [culprit, build] = [itemOf(0), await fixture('neverResolves', patient)];
		const items = [itemOf(1), itemOf(2), itemOf(3)];
		const bomb = observe(executors, await buildOf('export default () => new Promise(() => {});', patient), [
			culprit,
		]);
		const watched = items.map(item => observe(executors, build, [item]));
		await Promise.all([bomb.began(culprit), ...items.map((item, at) => watched[at]?.began(item))]);
		process.kill(executor(), 'SIGKILL');
		await begun(bomb, 2);
		process.kill(spare, 'SIGKILL');
		t.like((await bomb.settled)[0], {failure: {code: 'CRASHED'}, usage: {executor: 'q1'}});
		for (const one of watched) await begun(one, 2);
		for (const {task} of items) t.true(executors.stop(task, 1));
		const outcomes = (await Promise.all(watched.map(({settled}) => settled))).flat();
		t.deepEqual(
			outcomes.map(({failure, usage, deaths}) => [failure?.code, usage?.executor, deaths]),
			items.map(() => ['CANCELLED', 'e2', undefined]),
		);
	},
);

test.serial('suspects that take their executor down, one after the other, pay each for himself', async t => {
	const executors = await pool(t, spared);
	await spareBut();
	const build = await fixture('neverResolves', patient);
	const items = [itemOf(1), itemOf(2), itemOf(3)];
	const watched = items.map(item => observe(executors, build, [item]));
	const [first, second, third] = watched as [Watched, Watched, Watched];
	for (const [at, item] of items.entries()) await watched[at]?.began(item);
	const killed: number[] = [];
	const killSpare = async () => {
		killed.push(await spareBut(...killed));
		process.kill(killed.at(-1) ?? 0, 'SIGKILL');
	};
	process.kill(executor(), 'SIGKILL');
	await begun(first, 2);
	await killSpare();
	for (const one of [second, third]) await begun(one, 2);
	process.kill(executor(), 'SIGKILL');
	for (const one of [second, third]) {
		await begun(one, 3);
		await killSpare();
	}
	const outcomes = (await Promise.all(watched.map(({settled}) => settled))).flat();
	t.deepEqual(
		outcomes.map(({failure, usage}) => [failure?.code, usage?.executor]),
		[
			['CRASHED', 'q1'],
			['CRASHED', 'q2'],
			['CRASHED', 'q3'],
		],
	);
	await spareBut(...killed);
	const [next] = await outcomesOf(executors, await buildOf('export default input => input;'), [itemOf(4)]);
	t.is(String(next?.result), '4');
});

test.serial('a spare keeps nobody waiting who drains, and closing kills it', async t => {
	const executors = await pool(t, spared);
	const spare = await spareBut();
	await executors.drain();
	await executors.close();
	await gone(spare);
	t.deepEqual(executorsOf(), []);
});
