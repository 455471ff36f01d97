import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {createWarren, type Role, type Warren, type WarrenOptions} from '#warren.ts';
import {testAmbient} from '../harness/ambient.ts';
import {asked} from '../harness/combination.ts';
import {schema} from '../harness/postgres.ts';

/** A node on a broker, with a file for its store unless the run asks for another, taken down at the end of the test. */
export async function node(
	t: ExecutionContext,
	broker: {url: string; prefix: string},
	roles: readonly Role[] = ['server', 'worker'],
	more: WarrenOptions = {},
): Promise<Warren> {
	const data = await mkdtemp(join(tmpdir(), 'warren-system-'));
	const http = {host: '127.0.0.1', port: 0, bodyLimitBytes: 8 * 1024 * 1024};
	const isServer = roles.includes('server');
	const store = asked() === 'rabbit+postgres' && isServer && {url: await schema(t)};
	const options = {roles, data, broker, ...(store && {store}), worker: {executors: 1}, http, ...more};
	const warren = await createWarren(options, testAmbient());
	t.teardown(async () => {
		await warren.stop();
		await rm(data, {recursive: true, force: true});
	});
	await warren.start();
	return warren;
}
