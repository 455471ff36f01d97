// Three servers on one store and one broker: one dies, and two take up what it owed, side by side; or one of
// those dies while it does.
import test from 'ava';
import {pass} from './pass.ts';
import {must, type Server, type World, world} from './world.ts';

/** Longer than a lease and the look after it, twice. */
const longEnough = 26;
const stride = 3;
const answers = 'answers';

/** Three servers; the first has tasks in the broker, one that it did not get there, and an end that it has not told. */
async function trio(all: World): Promise<{servers: [Server, Server, Server]; tasks: string[]}> {
	await all.line.declare({exchanges: [], queues: [{name: answers, type: 'quorum'}]});
	const open = (id: string) => all.server({durable: true, id});
	const servers: [Server, Server, Server] = [await open('n1'), await open('n2'), await open('n3')];
	const [one] = servers;
	await one.deploy('fib');
	await all.quiet();
	const asked = {replyTo: answers};
	const tasks = [(await one.submit('fib', 1, asked)).task, (await one.submit('fib', 2, asked)).task];
	await all.quiet();
	one.mishaps.broker = ({properties, key}) =>
		properties?.type === 'warren.work' || key === answers ? 'refused' : undefined;
	tasks.push((await one.submit('fib', 3, asked)).task);
	const {task: cancelled} = await one.submit('fib', 4, asked);
	must(await all.until(one.api.cancel(cancelled)));
	return {servers, tasks: [...tasks, cancelled]};
}

const endOf = (all: World, task: string) =>
	all.record.ends.filter(one => one.task === task).map(({state}) => state);

/** Each task ended once, and somebody was told. */
async function check(all: World, of: Server, tasks: readonly string[]): Promise<string[]> {
	const wrong: string[] = [];
	for (const [at, task] of tasks.entries()) {
		const wanted = at === tasks.length - 1 ? 'cancelled' : 'succeeded';
		const {state, charged} = must(await of.api.inspect(task));
		if (state !== wanted || charged > 0) wrong.push(`${task} is ${state}, charged ${charged}`);
		if (endOf(all, task).join() !== wanted) wrong.push(`${task} ended ${endOf(all, task).join()}`);
		const told = all.record.sent.filter(
			({key, properties, published}) =>
				key === answers && published === 'taken' && properties?.headers?.['x-warren-task'] === task,
		);
		if (told.length === 0) wrong.push(`nobody was told of ${task}`);
	}
	return wrong;
}

test('two servers take up what a third owed, and nothing of it is run or decided twice', async t => {
	const all = await world(t, {shared: true});
	const {servers, tasks} = await trio(all);
	const [one, two, three] = servers;
	one.crash();
	await pass(all, longEnough);
	const homes = (await all.rows()).filter(({id}) => tasks.includes(id)).map(({home}) => home);
	t.false(homes.includes('n1'));
	const hand = await all.worker({act: run => run.succeed()});
	await pass(all, longEnough);
	t.deepEqual(await check(all, two, tasks), []);
	t.deepEqual(await check(all, three, tasks), []);
	const ran = hand.runs.all.map(({task}) => task);
	t.deepEqual(ran.toSorted(), tasks.slice(0, -1).toSorted());
});

for (let from = 1; from <= stride; from++) {
	test.serial(
		`one of two that take up what a third owed may die at its acts ${from}, ${from + stride} …`,
		async t => {
			let diesAt = from;
			for (let died = true; died; diesAt += stride) {
				const all = await world(t, {shared: true});
				const {servers, tasks} = await trio(all);
				const [one, two, three] = servers;
				one.crash();
				let acts = 0;
				const act = () => {
					if (++acts === diesAt) two.crash();
					return undefined;
				};
				Object.assign(two.mishaps, {store: act, broker: act});
				// Until it has taken up all that it can.
				await pass(all, longEnough / 2);
				died = !two.life.alive;
				await all.worker({act: run => run.succeed()});
				await pass(all, longEnough);
				t.deepEqual(await check(all, three, tasks), [], `the second died at its act ${diesAt}`);
				await all.close();
			}
			t.true(diesAt > 20, 'it has taken something up');
		},
	);
}
