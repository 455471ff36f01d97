// Which ends of executors the log tells, with real processes: all that the count of restarts has as deaths.
import test from 'ava';
import {systemClock} from '#lib/clock.ts';
import type {Executors} from '#worker/executors.ts';
import {buildOf} from '../engine/world.ts';
import {type TestAmbient, testAmbient} from '../harness/ambient.ts';
import {itemOf, outcomesOf, pool} from './pool.ts';
import {executorOf, gone, spareBut, until} from './processes.ts';

const deathsIn = ({lines}: TestAmbient) =>
	lines
		.filter(({msg}) => msg === 'executor died')
		.map(({executor, reason, how, inside}) => ({executor, reason, how, inside}));
const restarted = (executors: Executors, times: number) =>
	until(`restart number ${times}`, () => (executors.report().restarts >= times ? true : undefined));
const echo = () => buildOf('export default input => input;');

test.serial('an executor that dies with nobody inside is told, with what it died of', async t => {
	// The supervisor looks five times as often, so that the test need not wait for its patience.
	const hasty = {...systemClock, after: (ms: number, call: () => void) => systemClock.after(ms / 5, call)};
	const ambient = testAmbient(hasty);
	const executors = await pool(t, {spare: true}, ambient);
	const spare = await spareBut();
	process.kill(executorOf('e'), 'SIGKILL');
	await restarted(executors, 1);
	process.kill(spare, 'SIGABRT');
	await restarted(executors, 2);
	await outcomesOf(executors, await echo(), [itemOf(1)]);
	process.kill(executorOf('e'), 'SIGSTOP');
	await restarted(executors, 3);
	t.deepEqual(deathsIn(ambient), [
		{executor: 'e1', reason: null, how: 'SIGKILL', inside: 0},
		{executor: 'q1', reason: null, how: 'SIGABRT', inside: 0},
		{executor: 'e2', reason: 'silent', how: 'SIGKILL', inside: 0},
	]);
});

test.serial('an executor that dies before it has read its orders is not taken for one that lied', async t => {
	const ambient = testAmbient();
	const executors = await pool(t, {}, ambient);
	process.kill(executorOf('e'), 'SIGSTOP');
	const outcomes = outcomesOf(executors, await echo(), [itemOf(1)]);
	process.kill(executorOf('e'), 'SIGKILL');
	t.is(String((await outcomes)[0]?.result), '1');
	t.deepEqual(deathsIn(ambient), [{executor: 'e1', reason: null, how: 'SIGKILL', inside: 1}]);
	t.deepEqual(
		ambient.lines.filter(({level}) => Number(level) >= 50),
		[],
	);
});

test.serial('an executor that is over its memory with nobody inside is told', async t => {
	const ambient = testAmbient();
	const grow = "process.on('SIGUSR2', () => { globalThis.kept = Buffer.alloc(900 * 1024 * 1024, 1); });";
	const nodeFlags = [`--import=data:text/javascript,${encodeURIComponent(grow)}`];
	const executors = await pool(t, {nodeFlags}, ambient);
	process.kill(executorOf('e'), 'SIGUSR2');
	await restarted(executors, 1);
	t.deepEqual(deathsIn(ambient), [{executor: 'e1', reason: 'memory', how: 'SIGKILL', inside: 0}]);
});

test.serial('of those that were told to go nothing is told', async t => {
	const ambient = testAmbient();
	const executors = await pool(t, {recycleAfter: 2, spare: true}, ambient);
	const [old, spare] = [executorOf('e'), await spareBut()];
	const items = [itemOf(1), itemOf(2)];
	t.is((await outcomesOf(executors, await echo(), items)).length, items.length);
	await gone(old);
	await until('another executor', () => executors.report().executors || undefined);
	await executors.close();
	await gone(spare);
	t.is(executors.report().restarts, 1, 'it was recycled');
	t.deepEqual(deathsIn(ambient), []);
});
