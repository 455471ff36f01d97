// The breaker on a whole node, with real executors that die of a function: over HTTP and the command line's client.
import {WarrenError} from '#client/error.ts';
import {source} from '../engine/world.ts';
import {testOn} from '../harness/combination.ts';
import {node} from './node.ts';

const each = testOn(['memory+sqlite']);

const patienceMs = 60_000;

each(
	'a function that keeps killing its executors is paused; resumed or mended it goes on, and others never stop',
	async (t, on) => {
		const {client, deploy, ambient, warren, url} = await node(t, on);
		const paused = new Promise<void>(resolve => {
			warren.feed.listen(({actor, state}) => actor === 'function' && state === 'paused' && resolve());
		});
		await deploy('good', 'export default (n: number) => n + 1;');
		const policy = {cpuMs: 100, maxAttempts: 1, breaker: {crashes: 2, windowMs: patienceMs}};
		await client.deploy({name: 'bad', language: 'javascript', code: await source('bigint'), policy});
		const tasks = await Promise.all([1, 2].map(() => client.submit('bad')));
		for (const {task} of tasks) {
			t.like(await client.wait(task, {waitMs: patienceMs}), {state: 'dead', failure: {code: 'CPU_LIMIT'}});
		}
		await paused;
		const {pause} = await client.function('bad');
		t.like(pause, {by: 'breaker'});
		t.regex(pause?.why ?? '', /2 executors died of version/);
		const refused = await t.throwsAsync(client.submit('bad'), {instanceOf: WarrenError});
		t.like(refused, {status: 409, failure: {code: 'FUNCTION_PAUSED'}});
		const line = ambient.lines.find(({msg}) => msg === 'a function is paused by its breaker');
		t.deepEqual(new Set(line?.tasks as string[]), new Set(tasks.map(({task}) => task)));
		t.is((await client.invoke('good', 1)).result, 2);
		t.regex(await (await fetch(`${url}/metrics`)).text(), /warren_function_trips_total\{function="bad"\} 1/);
		await client.pause('good', {why: 'repairs'});
		t.like(await client.function('good'), {state: 'paused', pause: {by: 'operator', why: 'repairs'}});
		t.like(await client.resume('good'), {state: 'active', pause: null});
		await deploy('bad', 'export default () => 7;');
		t.is((await client.invoke('bad')).result, 7);
	},
);
