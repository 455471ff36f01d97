// What two functions of the same code have in common: nothing.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {pino} from 'pino';
import {createWarren} from '#warren.ts';

const code = `let calls = 0;
export default (_, ctx) => [ctx.function, ++calls];`;

test('functions of the same code have each a sandbox and a name of their own', async t => {
	const data = await mkdtemp(join(tmpdir(), 'warren-sharing-'));
	const warren = await createWarren({data, worker: {executors: 1}}, {log: pino({level: 'silent'})});
	t.teardown(async () => {
		await warren.stop();
		await rm(data, {recursive: true, force: true});
	});
	await warren.start();
	const call = (name: string) =>
		new Promise<unknown>(resolve => {
			const ended = ({result}: {result: Buffer | undefined}) => resolve(JSON.parse(String(result)));
			void warren.api.submit([
				{function: name, input: Buffer.from('1'), door: 'api', asynchronous: false, ended},
			]);
		});
	const versions: string[] = [];
	for (const name of ['first', 'second']) {
		const deployed = await warren.api.deploy({name, language: 'javascript', code});
		versions.push((deployed.ok && deployed.value.version) || '');
	}
	t.is(new Set(versions).size, 2);
	t.deepEqual(
		[
			await call('first'),
			await call('first'),
			await call('second'),
			await call('first'),
			await call('second'),
		],
		[
			['first', 1],
			['first', 2],
			['second', 1],
			['first', 3],
			['second', 2],
		],
	);
});
