// A REST door on a free port, in front of a fake Api.
import type {ExecutionContext} from 'ava';
import {createRest, type HttpOptions} from '#gateway/rest.ts';
import type {Keys} from '#keys/keys.ts';
import type {Clock} from '#lib/clock.ts';
import {testAmbient} from '../harness/ambient.ts';
import {fakeApi} from './fakeApi.ts';

export async function open(t: ExecutionContext, http: Partial<HttpOptions> = {}, clock?: Clock, keys?: Keys) {
	const world = fakeApi();
	const ambient = testAmbient(clock);
	const rest = createRest(ambient, {
		api: world.api,
		feed: world.feed,
		...(keys && {keys}),
		http: {host: '127.0.0.1', port: 0, bodyLimitBytes: 64 * 1024, ...http},
	});
	const url = await rest.listen();
	t.teardown(() => rest.stop());
	const call = (method: string, path: string, body?: string | null, headers: Record<string, string> = {}) =>
		fetch(url + path, {
			method,
			headers: {...(body == null ? {} : {'content-type': 'application/json'}), ...headers},
			...(body == null ? {} : {body}),
		});
	return {...world, ambient, rest, url, call};
}
