// What outcomes tell of executors that died, with real processes: a breaker counts it.
import test from 'ava';
import {buildOf} from '../engine/world.ts';
import {type alarm, itemOf, observe, pool, soon} from './pool.ts';
import {executorsOf} from './processes.ts';

const alarmOf = (name: string) =>
	buildOf(`export default at => new Promise(resolve => setTimeout(resolve, at - Date.now(), '${name}'));`);

/** Kills the executor that all of them are in, and gives how many deaths their outcomes tell. */
async function toldOf(
	t: Parameters<typeof pool>[0],
	builds: Awaited<ReturnType<typeof alarm>>[],
): Promise<number> {
	const executors = await pool(t);
	const watched = builds.map(build => {
		const item = itemOf(soon());
		const one = observe(executors, build, [item]);
		return {began: one.began(item), settled: one.settled};
	});
	await Promise.all(watched.map(({began}) => began));
	for (const pid of executorsOf()) process.kill(pid, 'SIGABRT');
	const outcomes = (await Promise.all(watched.map(({settled}) => settled))).flat();
	return outcomes.reduce((sum, {deaths = 0}) => sum + deaths, 0);
}

test.serial('an executor that died with one attempt inside is told with its outcome', async t => {
	t.is(await toldOf(t, [await alarmOf('a')]), 1);
});

test.serial('one that died with several of one version inside is told once', async t => {
	const build = await alarmOf('a');
	t.is(await toldOf(t, [build, build, build]), 1);
});

test.serial('one that died with two versions inside is told of neither', async t => {
	t.is(await toldOf(t, [await alarmOf('a'), await alarmOf('b')]), 0);
});
