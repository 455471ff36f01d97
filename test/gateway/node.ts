// A whole node with REST and one executor, on whatever combination a test is for.
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {bundle} from '#client/bundle.ts';
import {createClient} from '#client/client.ts';
import type {Deploy} from '#contract/function.ts';
import {createWarren} from '#warren.ts';
import {testAmbient} from '../harness/ambient.ts';
import {openGround} from '../harness/combination.ts';
import type {Combination} from '../harness/combinations.ts';
import {tamperPostgres, tamperSqlite} from '../harness/tamper.ts';

export async function node(t: ExecutionContext, on: Combination) {
	const folder = mkdtempSync(join(tmpdir(), 'warren-rest-'));
	const ambient = testAmbient();
	const ground = await openGround(t, on);
	const warren = await createWarren(
		{
			...ground,
			id: 'n1',
			data: join(folder, 'data'),
			http: {host: '127.0.0.1', port: 0, bodyLimitBytes: 32 * 1024 * 1024},
			worker: {executors: 1},
		},
		ambient,
	);
	await warren.start();
	t.teardown(async () => {
		await warren.stop();
		rmSync(folder, {recursive: true, force: true});
	});
	const url = warren.url ?? '';
	const client = createClient({url});
	/** Bundles TypeScript and makes it live. */
	const deploy = async (name: string, source: string, more: Partial<Deploy> = {}) => {
		const entry = join(folder, `${name}.ts`);
		writeFileSync(entry, source);
		return client.deploy({name, ...(await bundle({entry})), ...more});
	};
	/** Somebody writes to the database by hand. */
	const tamper = (sql: string) =>
		ground.store?.url
			? tamperPostgres(ground.store.url, sql)
			: tamperSqlite(join(folder, 'data', 'warren.db'), sql);
	return {warren, url, client, deploy, ambient, tamper};
}
