// What only becomes known when everything was read: defaults that rest on others, absolute paths, and
// settings that do not go together.
import {availableParallelism} from 'node:os';
import {join, resolve} from 'node:path';
import {leastRssMb} from '#actors/executorBounds.ts';
import {formats} from './formats.ts';
import type {Settings} from './settings.ts';
import type {Problem} from './sources.ts';

const mebi = 2 ** 20;

/** As convict gives it: what is worked out here may still be null. */
type Raw = Omit<Settings, 'store' | 'worker' | 'log'> & {
	readonly store: Omit<Settings['store'], 'url'> & {readonly url: string | null};
	readonly worker: Omit<Settings['worker'], 'executors'> & {readonly executors: number | null};
	readonly log: Omit<Settings['log'], 'level'> & {readonly level: Settings['log']['level'] | null};
};

export function finish(properties: unknown, cwd: string, terminal: boolean): Settings {
	const raw = properties as Raw;
	const data = resolve(cwd, raw.node.data);
	const path = (name: string | null) => (name === null ? null : resolve(cwd, name));
	const {ca, cert, key} = raw.broker;
	return {
		...raw,
		node: {...raw.node, data},
		http: {...raw.http, keys: path(raw.http.keys)},
		broker: {...raw.broker, ca: path(ca), cert: path(cert), key: path(key)},
		store: {...raw.store, url: storeUrl(raw.store.url, data, cwd)},
		worker: {
			...raw.worker,
			executors: raw.worker.executors ?? availableParallelism(),
			heartbeatFile: path(raw.worker.heartbeatFile),
		},
		log: {...raw.log, level: raw.log.level ?? (terminal ? 'warn' : 'info')},
	};
}

function storeUrl(url: string | null, data: string, cwd: string): string {
	if (url === null) return `sqlite:${join(data, 'warren.db')}`;
	const [, path] = /^sqlite:(?!\/\/)(.+)$/.exec(url) ?? [];
	return path === undefined ? url : `sqlite:${resolve(cwd, path)}`;
}

export function conflictsIn({broker, roles, http, dispatch, worker, limits, defaults}: Settings): Problem[] {
	const problems: Problem[] = [];
	const expect = (fine: boolean, key: string, message: string) => {
		if (!fine) problems.push({key, message});
	};
	// A worker could not join it, and a server would wait for workers for ever.
	expect(
		broker.url !== 'memory:' || (roles.includes('server') && roles.includes('worker')),
		'broker.url',
		`Expected \`broker.url\` to be an amqp(s) URL where \`roles\` is \`${roles.join(',')}\`: nobody can join the broker ` +
			'inside another process, got `memory:`',
	);
	expect(
		(broker.cert === null) === (broker.key === null),
		broker.cert === null ? 'broker.cert' : 'broker.key',
		'Expected `broker.cert` and `broker.key` together, got only one of them',
	);
	expect(
		!http.open || http.keys === null,
		'http.open',
		'Expected `http.open` or `http.keys`, not both: keys that nobody is asked for keep nobody out',
	);
	const {show} = formats.bytes;
	const leastRss = worker.memoryBudget + leastRssMb(0) * mebi;
	expect(
		worker.hardRss >= leastRss,
		'worker.hardRss',
		`Expected \`worker.hardRss\` to be at least ${show(leastRss)}, ${leastRssMb(0)}MiB more than \`worker.memoryBudget\` ` +
			`(${show(worker.memoryBudget)}), got ${show(worker.hardRss)}`,
	);
	// A worker alone dispatches nothing, and may share its settings with servers.
	const served = roles.includes('worker') ? worker.pool : undefined;
	expect(
		dispatch.mode !== 'local' || served !== undefined || !roles.includes('server'),
		'dispatch.mode',
		'Expected `dispatch.mode` `local` only with both roles, `server` and `worker`: this node is no worker',
	);
	for (const {pool, mode} of roles.includes('server') ? dispatch.pools : []) {
		expect(
			mode !== 'local' || pool === served,
			'dispatch.pools',
			`Expected pool \`${pool}\` to be \`local\` only where this node's worker serves it; ` +
				(served === undefined ? 'it is no worker' : `its worker serves \`${served}\``),
		);
	}
	expect(
		http.bodyLimit >= limits.payload,
		'http.bodyLimit',
		`Expected \`http.bodyLimit\` to be at least \`limits.payload\` (${limits.payload} bytes), got ${http.bodyLimit}`,
	);
	expect(
		defaults.backoff.max >= defaults.backoff.base,
		'defaults.backoff.max',
		`Expected \`defaults.backoff.max\` to be at least \`defaults.backoff.base\` (${defaults.backoff.base}ms), ` +
			`got ${defaults.backoff.max}ms`,
	);
	return problems;
}

export function freeze<T extends object>(value: T): T {
	for (const inner of Object.values(value)) {
		if (typeof inner === 'object' && inner !== null) freeze(inner);
	}
	return Object.freeze(value);
}
