import {existsSync} from 'node:fs';
import {mkdtemp, rm, stat, utimes} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {names} from '#transport/topology.ts';
import {TransportDown} from '#transport/transport.ts';
import {createHeartbeatFile} from '#worker/heartbeatFile.ts';
import {createHeld} from '#worker/held.ts';
import {createPulse} from '#worker/pulse.ts';
import {createSlots} from '#worker/slots.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';
import {scripted} from '../runtime/scripted.ts';

const longAgo = new Date(2001, 1, 1);

test('a file is touched at each heartbeat, also at those that the broker does not take', async t => {
	const path = join(await folder(t), 'heartbeat');
	const clock = createFakeClock();
	const down = () => Promise.reject(new TransportDown('the broker is away'));
	const pulse = createPulse(testAmbient(clock), {
		...{id: 'w1', pool: 'default', version: '0', heartbeatMs: 1000, heartbeatFile: path, names: names()},
		...{held: createHeld(), slots: createSlots(1), executors: scripted(1)},
		transport: {publish: down} as never,
	});
	pulse.enter('ready');
	t.false(existsSync(path), 'it has not beaten yet');
	pulse.start();
	while (!existsSync(path)) await turn();
	for (let beats = 0; beats < 3; beats++) {
		await utimes(path, longAgo, longAgo);
		while ((await stat(path)).mtime < new Date(2020, 1, 1)) {
			clock.advance(1000);
			await turn();
		}
	}
	await pulse.stop();
	t.is((await stat(path)).size, 0);
});

test('a file that can’t be touched is told once, and ends nobody', async t => {
	const ambient = testAmbient();
	const touch = createHeartbeatFile(ambient.log, join(await folder(t), 'no such folder', 'heartbeat'));
	for (let beats = 0; beats < 100; beats++) {
		touch();
		await turn();
	}
	while (ambient.lines.length === 0) await turn();
	t.deepEqual(
		ambient.lines.map(({msg}) => msg),
		['the file of heartbeats could not be touched'],
	);
});

async function folder(t: ExecutionContext): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'warren-heartbeat-'));
	t.teardown(() => rm(path, {recursive: true}));
	return path;
}
