// A supervisor in this process, so that it waits for less than half a minute, with workers as real processes.
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {launcher} from '#supervisor/child.ts';
import {createSupervisor} from '#supervisor/supervisor.ts';
import {openTransport} from '#transport/open.ts';
import {names} from '#transport/topology.ts';
import {testAmbient} from '../harness/ambient.ts';
import {gone, killed, pidsOf, place, scaled} from './supervisors.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

test('a worker that stands still is replaced, and the pool is as it should be again', async t => {
	t.timeout(120_000);
	const {broker, client} = await place(t);
	const ambient = testAmbient();
	const transport = await openTransport(ambient, {url: broker.url, name: 'a supervisor'});
	t.teardown(() => transport.stop());
	const args = ['worker', '--broker', broker.url, '--log', 'warn', '--set', 'worker.executors=1'];
	const supervisor = createSupervisor(ambient, {
		...{
			id: 's1',
			pool: 'default',
			tags: [],
			workers: 2,
			transport,
			names: names(broker.prefix),
			version: '0',
		},
		launch: launcher([...args, '--set', `broker.prefix=${broker.prefix}`], main),
		// Still long enough for a start on a busy machine.
		...{drainTimeoutMs: 1000, stillAfter: 15},
	});
	t.teardown(() => supervisor.stop());
	await supervisor.start();
	const [stopped = 0, other = 0] = pidsOf(await scaled(client, view => view.running === 2 && view.done));

	killed(stopped, 'SIGSTOP');
	t.teardown(() => killed(stopped));

	// Before it is killed it is no longer counted.
	t.like(await scaled(client, view => view.running === 1), {done: false});
	await gone(stopped);
	const view = await scaled(client, now => now.running === 2 && now.done);
	const pids = pidsOf(view);
	t.true(pids.includes(other));
	t.false(pids.includes(stopped));
	t.like(view.supervisors, [{wanted: 2, running: 2, restarts: 1, trouble: null}]);
	t.true(ambient.lines.some(({msg}) => msg === 'a worker stands still; it is killed'));
});
