// What is urgent waits behind no backlog of what is not, over the whole way.

import type {ExecutionContext} from 'ava';
import type {Mode} from '#dispatch/dispatch.ts';
import {createWarren} from '#warren.ts';
import {testAmbient} from '../harness/ambient.ts';
import {openGround, testOn} from '../harness/combination.ts';
import type {Combination} from '../harness/combinations.ts';
import {folder} from './squares.ts';

const code = 'export default () => new Promise(resolve => setTimeout(resolve, 20));';

const title = '20 high tasks behind 500 low ones have all ended before a tenth of those';
testOn(['rabbit+sqlite'])(`${title}: pull`, (t, on) => race(t, on, 'pull'));
for (const mode of ['push', 'local'] as const) {
	testOn(['memory+sqlite'])(`${title}: ${mode}`, (t, on) => race(t, on, mode));
}

async function race(t: ExecutionContext, on: Combination, mode: Mode): Promise<void> {
	t.timeout(60_000);
	const ground = await openGround(t, on);
	const data = await folder(t);
	// Far more than the window of a lane waits, and more than a worker holds.
	const worker = {executors: 1, slots: 4};
	const options = {data, id: 'n1', ...ground, worker, dispatch: {window: 100, mode}};
	const node = await createWarren(options, testAmbient());
	t.teardown(() => node.stop());
	await node.start();
	const deployed = await node.api.deploy({name: 'nap', language: 'javascript', code});
	if (!deployed.ok) throw new Error(deployed.failure.message);

	const ended: string[] = [];
	const all = Promise.withResolvers<void>();
	const submit = (name: 'high' | 'low', count: number) => {
		const one = {function: 'nap', input: Buffer.from('null'), door: 'api', asynchronous: true} as const;
		const tell = () => ended.push(name) === 520 && all.resolve();
		return node.api.submit(
			Array.from({length: count}, () => ({...one, options: {class: name}, ended: tell})),
		);
	};
	await submit('low', 500);
	await submit('high', 20);
	await all.promise;
	const before = ended.slice(0, ended.lastIndexOf('high')).filter(name => name === 'low').length;
	t.log(`${before} low tasks had ended when the last high one did`);
	t.true(before < 50, `${before} low tasks had ended when the last high one did`);
	t.deepEqual(await node.api.audit().then(answer => answer.ok && answer.value.difference), 0);
}
