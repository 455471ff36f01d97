// Whoever is told to go goes: within the drain timeout and a bound, with what it holds given back, whatever its
// broker and its store do.
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import test from 'ava';
import {createClient} from '#client/client.ts';
import {WarrenError} from '#client/error.ts';
import type {TaskView} from '#contract/task.ts';
import {tempFolder} from '../cli/pty.ts';
import {isThorough} from '../harness/thorough.ts';
import {clientOf, endlessTask, goes, nothingCharged, place, runs, type Way, ways} from './leaving.ts';
import {node} from './server.ts';
import {gone, pidsOf, scaled} from './supervisors.ts';

const held = /"msg":"the worker ends before what it holds; it runs again elsewhere"/;
const quick = 'export default n => n * n;';

type Role = 'worker' | 'supervisor' | 'embedded' | 'server';
/** Those that end by different paths; all of them take two minutes more. */
const usual: Readonly<Record<Role, Way>> = {
	worker: 'is half-open',
	supervisor: 'is well',
	embedded: 'is gone',
	server: 'is half-open',
};

for (const [how, befall] of Object.entries(ways) as [Way, (typeof ways)[Way]][]) {
	const testOf = (role: Role) => (isThorough || usual[role] === how ? test.serial : () => {});
	testOf('worker')(
		`a worker with an endless task goes when it is told to while its broker ${how}`,
		async t => {
			const {broker, way, start} = await place(t);
			const {url} = await node(t, broker, ['server']);
			const client = createClient({url: String(url)});
			const worker = start(tempFolder(t), 'worker');
			const task = await endlessTask(client);
			const first = await runs(client, task);
			befall(way);
			const log = await goes(t, worker);
			t.regex(log, held);
			t.true(log.includes(task), 'it says what it has not ended');
			// The broker must hear of its end.
			way.thaw();
			await node(t, broker, ['worker']);
			await nothingCharged(t, client, task, await runs(client, task, first));
		},
	);

	testOf('supervisor')(
		`a supervisor goes with its workers when it is told to while their broker ${how}`,
		async t => {
			const {broker, way, start} = await place(t);
			const {url} = await node(t, broker, ['server']);
			const client = createClient({url: String(url)});
			const supervisor = start(tempFolder(t), 'supervise', '--workers', '1');
			const task = await endlessTask(client);
			const first = await runs(client, task);
			const pids = pidsOf(await scaled(client, ({running}) => running === 1));
			befall(way);
			t.regex(await goes(t, supervisor), held);
			for (const pid of pids) await gone(pid);
			way.thaw();
			await node(t, broker, ['worker']);
			await nothingCharged(t, client, task, await runs(client, task, first));
		},
	);

	testOf('embedded')(`an embedded node goes when it is told to while its broker ${how}`, async t => {
		const {way, start} = await place(t);
		const folder = tempFolder(t);
		const before = start(folder, 'up', '--json', '--port', '0');
		const client = createClient({url: await before.prints(/"url":"([^"]+)"/)});
		const task = await endlessTask(client);
		const first = await runs(client, task);
		befall(way);
		t.regex(await goes(t, before), held);
		way.thaw();
		way.admit();
		const after = createClient({
			url: await start(folder, 'up', '--json', '--port', '0').prints(/"url":"([^"]+)"/),
		});
		await nothingCharged(t, after, task, await runs(after, task, first));
	});

	testOf('server')(
		`a server goes when it is told to while its broker ${how}; the next start does the rest`,
		async t => {
			const {broker, way, start} = await place(t);
			const folder = tempFolder(t);
			const before = start(folder, 'server', '--port', '0');
			const client = await clientOf(before);
			const worker = await node(t, broker, ['worker']);
			const task = await endlessTask(client);
			await client.deploy({name: 'quick', language: 'javascript', code: quick});
			t.is(await runs(client, task), String(worker.worker));
			befall(way);
			// The store has it; whether it is dispatched is up to the broker.
			const {task: late} = await client.submit('quick', 7);
			const invoked = client
				.invoke('endless', null, {timeoutMs: 600_000, waitMs: 60_000})
				.catch(error => error);
			let second: TaskView | undefined;
			while (!second) second = (await client.list({function: 'endless'})).find(({id}) => id !== task);
			// Of one that is well all is placed when it goes.
			while (how === 'is well' && (await client.why(second.id)).reason !== 'slot');
			const log = await goes(t, before);
			// Of a broker that is gone it may know before it places anything there: then nothing is left open.
			const isLeft = /not all is told or dispatched|not all is closed/.test(log);
			if (how !== 'is gone') t.is(isLeft, how !== 'is well', log);
			const told = await invoked;
			t.is(told instanceof WarrenError && told.failure.code, 'WAIT_OVER', String(told));
			way.thaw();
			way.admit();
			const after = await clientOf(start(folder, 'server', '--port', '0'));
			t.like(await after.wait(late), {state: 'succeeded', attempt: 1, charged: 0});
			await nothingCharged(t, after, task, await runs(after, task));
		},
	);
}

test.serial(
	'a server whose store is locked goes when it is told to, and the next start has what it took',
	async t => {
		const {broker, start} = await place(t);
		const folder = tempFolder(t);
		const before = start(folder, 'server', '--port', '0');
		const client = await clientOf(before);
		await client.deploy({name: 'quick', language: 'javascript', code: quick});
		const {task} = await client.submit('quick', 7);
		const other = new DatabaseSync(join(folder, '.warren', 'warren.db'), {timeout: 10_000});
		t.teardown(() => other.isOpen && other.close());
		other.exec('begin immediate');
		const refused = await client.submit('quick', 8).catch(error => error);
		t.is(refused instanceof WarrenError && refused.failure.code, 'UNAVAILABLE', String(refused));
		t.regex(await goes(t, before), /"msg":"a commit failed; trying until one succeeds"/);
		other.close();
		const after = await clientOf(start(folder, 'server', '--port', '0'));
		await node(t, broker, ['worker']);
		t.like(await after.wait(task), {state: 'succeeded', attempt: 1, charged: 0});
	},
);
