import test from 'ava';
import {createClient} from '#client/client.ts';
import {raiseWalls} from '#worker/executorWalls.ts';
import {testAmbient} from '../harness/ambient.ts';
import {spawned} from './process.ts';
import {interrupt, tempFolder, typed} from './pty.ts';

const address = /API +(http:\/\/127\.0\.0\.1:\d+)\n/;

const sleeper = 'export default () => new Promise(resolve => setTimeout(resolve, 60_000));';

// Alone, so that the time it logs is its own: 2 s at most are wanted of a machine with nothing else to do.
test.serial('`warren up` says where it is, nothing under warn, and drains on Ctrl-C', async t => {
	const folder = tempFolder(t);
	const startedAt = performance.now();
	const up = typed(t, folder, ['up', '--port', '0']);
	const shown = await up.shows(/Ctrl-C drains and stops\.\n/);
	t.log(`up after ${Math.round(performance.now() - startedAt)} ms`);
	const url = address.exec(shown)?.[1] ?? '';
	t.regex(shown, new RegExp(`Docs +${url}/docs\n +Data +${folder}/\\.warren\n +Broker +in this process\n`));
	t.regex(shown, /^Warren \S+ is up\n\n +API/);
	t.regex(shown, /stops\.\n$/);
	t.is((await fetch(`${url}/readyz`)).status, 200);
	t.is((await fetch(`${url}/docs`)).status, 200);

	const second = typed(t, folder, ['up', '--port', '0']);
	t.is(await second.ended, 1);
	t.regex(
		second.text(),
		new RegExp(`^warren: The data folder ${folder}/\\.warren is in use by process \\d+`),
	);

	up.type(interrupt);
	t.is(await up.ended, 0);
	t.regex(up.text(), /Draining; Ctrl-C again stops at once\.\n/);
	t.notRegex(up.text(), /"level":/);
});

test('a second Ctrl-C does not wait for what runs', async t => {
	const up = typed(t, tempFolder(t), ['up', '--port', '0']);
	const url = address.exec(await up.shows(address))?.[1] ?? '';
	const client = createClient({url});
	await client.deploy({name: 'sleeper', language: 'javascript', code: sleeper, policy: {wallMs: 60_000}});
	const {task} = await client.submit('sleeper', 1);
	let state = 'queued';
	while (state !== 'running') state = (await client.wait(task, {waitMs: 100})).state;
	up.type(interrupt);
	await up.shows(/Draining/);
	up.type(interrupt);
	t.is(await up.ended, 130);
});

test('`worker.sandbox: strict` starts where all walls stand, and is refused with the reason elsewhere', async t => {
	const [gap] = Object.keys((await raiseWalls(testAmbient())).missing);
	const flags = ['up', '--port', '0', '--log', 'info', '--set', 'worker.sandbox=strict'];
	const up = spawned(t, tempFolder(t), flags);
	if (gap === undefined) {
		t.like(await up.logs('executors run behind all walls'), {level: 30});
		return;
	}
	const {code, err} = await up.ended;
	t.is(code, 1);
	t.regex(err, new RegExp(`^warren: Expected all walls around executors .*strict.*${gap} \\(`, 'm'));
});

test('no signal opens a debugger in a node or its launcher', async t => {
	const up = spawned(t, tempFolder(t), ['up', '--port', '0', '--log', 'info']);
	const {pid} = await up.logs('store migrated');
	process.kill(Number(pid), 'SIGUSR1');
	up.kill('SIGUSR1');
	up.kill('SIGTERM');
	const {code, err} = await up.ended;
	t.true([0, 130].includes(code));
	t.notRegex(err, /Debugger/);
});

test('a node whose launcher was killed stops as it would at a signal, and its folder is free', async t => {
	const folder = tempFolder(t);
	const flags = ['up', '--port', '0', '--log', 'info'];
	const first = spawned(t, folder, flags);
	await first.prints(/(http:\S+)/);
	first.kill('SIGKILL');
	// Its pipes are the node's, too: they are closed when both are gone.
	await first.ended;
	const second = spawned(t, folder, flags);
	await second.prints(/(http:\S+)/);
	second.kill('SIGTERM');
	t.is((await second.ended).code, 0);
});

test('a SIGTERM to the launcher and the node at once, as a service manager sends it, is one', async t => {
	const up = spawned(t, tempFolder(t), ['up', '--port', '0', '--log', 'info']);
	const {pid} = await up.logs('store migrated');
	await up.prints(/(http:\S+)/);
	process.kill(Number(pid), 'SIGTERM');
	up.kill('SIGTERM');
	t.is((await up.ended).code, 0);
});
